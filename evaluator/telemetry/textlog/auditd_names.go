package textlog

import "github.com/socctl/socctl/evaluator"

// auditTypes are the names of the types that the kernel's own log gives as
// numbers, from the kernel's audit.h and the library of the daemon.
var auditTypes = map[string]string{
	"1006": "LOGIN", "1100": "USER_AUTH", "1101": "USER_ACCT", "1102": "USER_MGMT", "1103": "CRED_ACQ", "1104": "CRED_DISP",
	"1105": "USER_START", "1106": "USER_END", "1107": "USER_AVC", "1108": "USER_CHAUTHTOK", "1109": "USER_ERR", "1110": "CRED_REFR",
	"1111": "USYS_CONFIG", "1112": "USER_LOGIN", "1113": "USER_LOGOUT", "1114": "ADD_USER", "1115": "DEL_USER", "1116": "ADD_GROUP",
	"1117": "DEL_GROUP", "1123": "USER_CMD", "1124": "USER_TTY", "1127": "SYSTEM_BOOT", "1128": "SYSTEM_SHUTDOWN",
	"1129": "SYSTEM_RUNLEVEL", "1130": "SERVICE_START", "1131": "SERVICE_STOP", "1300": "SYSCALL", "1302": "PATH", "1303": "IPC",
	"1304": "SOCKETCALL", "1305": "CONFIG_CHANGE", "1306": "SOCKADDR", "1307": "CWD", "1309": "EXECVE", "1318": "OBJ_PID",
	"1319": "TTY", "1320": "EOE", "1321": "BPRM_FCAPS", "1322": "CAPSET", "1323": "MMAP", "1324": "NETFILTER_PKT",
	"1325": "NETFILTER_CFG", "1326": "SECCOMP", "1327": "PROCTITLE", "1328": "FEATURE_CHANGE", "1330": "KERN_MODULE",
	"1331": "FANOTIFY", "1334": "BPF", "1400": "AVC", "1403": "MAC_POLICY_LOAD", "1404": "MAC_STATUS", "1700": "ANOM_PROMISCUOUS",
	"1701": "ANOM_ABEND", "1702": "ANOM_LINK",
}

// syscallNames are the system calls that audit rules are usually about, by the
// architecture of the record: x86-64 and 64-bit ARM. Rules test the name under
// SYSCALL, which is there only if the daemon resolves numbers.
var syscallNames = map[string]map[string]string{
	"c000003e": x86Syscalls,
	"c00000b7": armSyscalls,
}

// nameSyscall adds SYSCALL, unless the daemon has.
func nameSyscall(members []evaluator.Member) []evaluator.Member {
	var arch, number string
	for _, m := range members {
		switch m.Name {
		case "SYSCALL":
			return members
		case "arch":
			arch = m.Value.Text()
		case "syscall":
			number = m.Value.Text()
		}
	}
	if name := syscallNames[arch][number]; name != "" {
		return append(members, text("SYSCALL", name))
	}
	return members
}

var x86Syscalls = map[string]string{
	"0": "read", "1": "write", "2": "open", "3": "close", "4": "stat", "5": "fstat", "9": "mmap", "10": "mprotect", "16": "ioctl",
	"21": "access", "41": "socket", "42": "connect", "43": "accept", "44": "sendto", "49": "bind", "50": "listen", "56": "clone",
	"57": "fork", "58": "vfork", "59": "execve", "60": "exit", "62": "kill", "76": "truncate", "77": "ftruncate", "80": "chdir",
	"82": "rename", "83": "mkdir", "84": "rmdir", "85": "creat", "86": "link", "87": "unlink", "88": "symlink", "89": "readlink",
	"90": "chmod", "91": "fchmod", "92": "chown", "93": "fchown", "94": "lchown", "101": "ptrace", "105": "setuid", "106": "setgid",
	"113": "setreuid", "114": "setregid", "117": "setresuid", "119": "setresgid", "122": "setfsuid", "123": "setfsgid",
	"133": "mknod", "155": "pivot_root", "157": "prctl", "161": "chroot", "163": "acct", "164": "settimeofday", "165": "mount",
	"166": "umount2", "167": "swapon", "168": "swapoff", "169": "reboot", "170": "sethostname", "171": "setdomainname", "172": "iopl",
	"173": "ioperm", "175": "init_module", "176": "delete_module", "188": "setxattr", "189": "lsetxattr", "190": "fsetxattr",
	"197": "removexattr", "198": "lremovexattr", "199": "fremovexattr", "227": "clock_settime", "246": "kexec_load", "257": "openat",
	"258": "mkdirat", "259": "mknodat", "260": "fchownat", "263": "unlinkat", "264": "renameat", "265": "linkat", "266": "symlinkat",
	"268": "fchmodat", "272": "unshare", "288": "accept4", "298": "perf_event_open", "304": "open_by_handle_at", "308": "setns",
	"310": "process_vm_readv", "311": "process_vm_writev", "313": "finit_module", "316": "renameat2", "319": "memfd_create",
	"320": "kexec_file_load", "321": "bpf", "322": "execveat", "323": "userfaultfd", "425": "io_uring_setup", "435": "clone3",
	"437": "openat2",
}

var armSyscalls = map[string]string{
	"5": "setxattr", "6": "lsetxattr", "7": "fsetxattr", "14": "removexattr", "15": "lremovexattr", "16": "fremovexattr",
	"33": "mknodat", "34": "mkdirat", "35": "unlinkat", "36": "symlinkat", "37": "linkat", "38": "renameat", "39": "umount2",
	"40": "mount", "41": "pivot_root", "45": "truncate", "46": "ftruncate", "51": "chroot", "52": "fchmod", "53": "fchmodat",
	"54": "fchownat", "55": "fchown", "56": "openat", "57": "close", "63": "read", "64": "write", "89": "acct", "97": "unshare",
	"104": "kexec_load", "105": "init_module", "106": "delete_module", "112": "clock_settime", "117": "ptrace", "129": "kill",
	"142": "reboot", "143": "setregid", "144": "setgid", "145": "setreuid", "146": "setuid", "147": "setresuid", "149": "setresgid",
	"151": "setfsuid", "152": "setfsgid", "161": "sethostname", "162": "setdomainname", "167": "prctl", "170": "settimeofday",
	"198": "socket", "200": "bind", "201": "listen", "202": "accept", "203": "connect", "206": "sendto", "220": "clone",
	"221": "execve", "222": "mmap", "224": "swapon", "225": "swapoff", "226": "mprotect", "241": "perf_event_open", "242": "accept4",
	"265": "open_by_handle_at", "268": "setns", "270": "process_vm_readv", "271": "process_vm_writev", "273": "finit_module",
	"276": "renameat2", "279": "memfd_create", "280": "bpf", "281": "execveat", "282": "userfaultfd", "294": "kexec_file_load",
	"425": "io_uring_setup", "435": "clone3", "437": "openat2",
}

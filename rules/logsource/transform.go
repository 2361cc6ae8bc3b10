package logsource

// Transform is a named way of making one value from native ones.
type Transform string

// The transforms. A transform that cannot make sense of a value passes it on
// unchanged unless its description says otherwise. Those that work on a text
// work on every element of a list.
const (
	// Copy passes the value on.
	Copy Transform = "copy"
	// Decimal writes a hexadecimal number (0x…) in decimal.
	Decimal Transform = "decimal"
	// LowerHex writes a number, or a hexadecimal text in any case, as 0x… in lower case.
	LowerHex Transform = "lower-hex"
	// Lower folds text to lower case.
	Lower Transform = "lower"
	// Join joins the texts of all From fields, and of the elements of lists, with
	// With, a backslash if not given. No value if any of them is missing or skipped.
	Join Transform = "join"
	// Enum replaces the value by its row in Table. A value without a row is passed
	// on, or is no value if With is "only".
	Enum Transform = "enum"
	// StripPrefix removes With from the front of the text.
	StripPrefix Transform = "strip-prefix"
	// Hash takes the part named With out of a list such as "MD5=…,SHA256=…".
	// No value without such a part.
	Hash Transform = "hash"
	// Hashes writes the From fields that have a value as Sysmon does, MD5=…,SHA256=…
	// With names them, in the order of From, with commas between; a list of
	// {algorithm: …, value: …} names its hashes itself.
	Hashes Transform = "hashes"
	// After takes what stands behind the last With, the whole text without one.
	After Transform = "after"
	// RegistryPath joins a key and, if there is one, a value name with a
	// backslash and writes the path as users know it: \REGISTRY\MACHINE and
	// HKEY_LOCAL_MACHINE as HKLM, \REGISTRY\USER and HKEY_USERS as HKU, ControlSet001 as CurrentControlSet.
	RegistryPath Transform = "registry-path"
	// RegistryData writes registry data of an audit event, From being value and
	// type, as Sysmon does: DWORD (0x00000001), QWORD (0x…-0x…), Binary Data.
	RegistryData Transform = "registry-data"
	// Item takes the element of a list at the place With, counted from 1. No
	// value if the list is shorter.
	Item Transform = "item"
	// Leaves collects the values of all members named With at any depth of an
	// object. No value without any.
	Leaves Transform = "leaves"
	// Pair takes, from a list of {name: …, value: …} objects, the value of that
	// named With; a newValue that is JSON in a text, as Entra writes them, is
	// read. No value without it.
	Pair Transform = "pair"
	// URLPath takes the path of a URL or request target.
	URLPath Transform = "url-path"
	// URLQuery takes the query of a URL or request target, without the question
	// mark. No value without a query.
	URLQuery Transform = "url-query"
	// URLExtension takes the file extension of the path, without the dot. No
	// value without an extension.
	URLExtension Transform = "url-extension"
)

// Transforms returns all transforms in alphabetical order.
func Transforms() []Transform {
	return []Transform{After, Copy, Decimal, Enum, Hash, Hashes, Item, Join, Leaves, Lower, LowerHex, Pair,
		RegistryData, RegistryPath, StripPrefix, URLExtension, URLPath, URLQuery}
}

// several reports whether the transform takes more than one native field.
func (t Transform) several() bool {
	return t == Join || t == Hashes || t == RegistryPath || t == RegistryData
}

// needsWith reports whether the transform is meaningless without With.
func (t Transform) needsWith() bool {
	return t == StripPrefix || t == Hash || t == Hashes || t == After || t == Item || t == Leaves || t == Pair
}

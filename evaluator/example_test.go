package evaluator_test

import (
	"fmt"
	"testing/fstest"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/rules"
)

const whoami = `
title: Whoami as System
logsource: {product: windows, category: process_creation}
detection:
    selection: {Image|endswith: '\whoami.exe', User|contains: SYSTEM}
    condition: selection
`

// Compile a rule and match an event.
func Example() {
	set, diags := rules.Load(fstest.MapFS{"whoami.yml": {Data: []byte(whoami)}})
	prog, problems := compiler.Compile(set, compiler.Options{})
	if len(diags)+len(problems) > 0 {
		fmt.Println(diags, problems)
	}
	event := evaluator.Map{"Image": `C:\Windows\System32\whoami.exe`, "User": `NT AUTHORITY\SYSTEM`}
	for _, m := range evaluator.New(prog).Match(event) {
		fmt.Println(m.Rule.Title)
	}
	// Output: Whoami as System
}

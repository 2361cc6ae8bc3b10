package witness_test

import (
	"fmt"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/witness"
	"github.com/socctl/socctl/rules"
)

const whoami = `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`

func Example_witness() {
	docs, _ := rules.Parse("whoami.yml", []byte(whoami))
	set, _ := rules.Assemble(docs)
	program, _ := compiler.Compile(set, compiler.Options{})
	maker := witness.NewMaker(program, nil)
	event, err := maker.Matching(program.Rules[0])
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(evaluator.New(program).MatchRule(program.Rules[0], event.Value))
	// Output: true
}

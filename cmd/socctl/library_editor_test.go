package main_test

import (
	"context"
	"fmt"
	"time"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/compiler/solver"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/adequacy"
	"github.com/socctl/socctl/evaluator/witness"
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/checks"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/layout"
)

// What an editor shows of a rule that somebody is writing: problems, fixes, the layout.
func Example_editor() {
	source := []byte(`title: Whoami as System
status: stabel
logsource: {product: windows, category: process_creation}
detection:
    selection: {Image|endswith: "\\whoami.exe", User|contains: SYSTEM}
    condition: selection
`)
	documents, reading := rules.Parse("whoami.yml", source)
	set, linking := rules.Assemble(documents)
	program, compiling := compiler.Compile(set, compiler.Options{})

	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	input := &lint.Input{Set: set, Program: program, Reading: reading, Diagnostics: append(linking, compiling...), Now: time.Now()}
	result, err := lint.Run(ctx, input, lint.NewCatalogue(checks.All()), lint.DefaultConfig())
	if err != nil {
		fmt.Println(err) // the time is over: nothing is known
		return
	}
	for _, f := range result.Findings {
		if f.Fix != nil && f.Counts() {
			fmt.Println(f.Span.Start.Line, f.Code, f.Message+":", f.Fix.Message)
		}
	}
	for _, fixed := range (lint.Fixer{}).Fix(result.Findings) {
		formatted, err := layout.Format(fixed.Path, fixed.After)
		if err != nil {
			fmt.Println(err) // what could not be kept; the file stays as it is
			return
		}
		fmt.Print(string(formatted))
	}
	// Output:
	// 2 schema/invalid-enum unknown status "stabel": write stable
	// 5 style/quoting the value needs no double quotes: write it in single quotes
	// title: Whoami as System
	// status: stable
	// logsource: {product: windows, category: process_creation}
	// detection:
	//     selection: {Image|endswith: '\whoami.exe', User|contains: SYSTEM}
	//     condition: selection
}

// What is proven of two rules, and the event that shows what is not.
func Example_proofs() {
	documents, _ := rules.Parse("rules.yml", []byte(`
title: Narrow
logsource: {product: windows, category: process_creation}
detection:
    selection: {Image|endswith: '\whoami.exe', User|contains: SYSTEM}
    condition: selection
---
title: Wide
logsource: {product: windows, category: process_creation}
detection:
    selection: {Image|endswith: whoami.exe}
    condition: selection
`))
	set, _ := rules.Assemble(documents)
	program, _ := compiler.Compile(set, compiler.Options{})

	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	s := solver.New(solver.Options{Stop: func() bool { return ctx.Err() != nil }})
	narrow, wide := s.Formula(program, program.Rules[0].Expr), s.Formula(program, program.Rules[1].Expr)
	fmt.Println("narrow implies wide:", s.Implies(narrow, wide).Answer)
	answer := s.Equivalent(narrow, wide) // of the conditions: logsources are compared apart
	fmt.Println("they are equivalent:", answer.Answer, witness.EventOf(answer.Model).Text())

	event, err := witness.NewMaker(program, nil).Matching(program.Rules[1]) // witness.ErrNone: none can
	if err != nil {
		fmt.Println(err)
		return
	}
	image, _ := event.Value.Field("Image")
	fmt.Println("as recorded:", event.View, image.Text())
	// Output:
	// narrow implies wide: yes
	// they are equivalent: no {"Image":"whoami.exe"}
	// as recorded: windows/sysmon/process_creation C:\Windows\System32\whoami.exe
}

// The tests that a rule lacks, as a file; what the rule has is Subject.Tests.
func Example_missingTests() {
	program := whoamiProgram
	missing, err := adequacy.Propose(program, adequacy.Subject{Rule: program.Rules[0]}, evaluator.NullValue(), nil, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, test := range missing.Tests {
		fmt.Println(test.Name, test.Match)
	}
	fmt.Println(len(missing.Open), "parts are left;", len(missing.File()) > 0)
	// Output:
	// a matching event true
	// no match for want of selection false
	// no match for want of Image|endswith false
	// 0 parts are left; true
}

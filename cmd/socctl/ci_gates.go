package main

import (
	"context"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/lint/policy"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/config"
)

// gates are the policies that judge a result; nil if there are none. What is wrong with
// them ends the run before it starts.
func (c *cli) gates(ctx context.Context, cfg *config.Config, o *ciOptions) (*policy.Gates, error) {
	folders := o.policyFolders(cfg)
	if len(folders) == 0 {
		return nil, nil
	}
	gates, diags := policy.LoadGates(ctx, folders, policy.Limits{})
	c.diagnose(diags)
	if diags.Count(rules.Error) > 0 {
		return nil, &exitError{code: exitUsage}
	}
	return gates, nil
}

// judge has the gates judge a run, and adds what they say to it.
func judge(gates *policy.Gates, run *report.CIRun) error {
	if gates == nil {
		return nil
	}
	document, err := report.CIRecord(run)
	if err != nil {
		return &exitError{exitUnreadable, err}
	}
	j, err := gates.Judge(document)
	if err != nil {
		return &exitError{exitUnreadable, err}
	}
	for _, m := range j.Deny {
		run.Denied = append(run.Denied, report.CIRemark{Kind: "policy", Text: m.Text, Path: m.Path, Line: m.Line})
	}
	for _, m := range j.Warn {
		run.Warnings = append(run.Warnings, report.CIRemark{Kind: "policy", Text: m.Text, Path: m.Path, Line: m.Line})
	}
	return nil
}

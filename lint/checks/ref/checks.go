// Package ref holds the checks of references between and within documents.
package ref

import "github.com/socctl/socctl/lint"

// Checks returns the checks of the group, by name.
func Checks() []*lint.Check {
	return []*lint.Check{
		aliasIncomplete,
		aliasRule,
		ambiguousRule,
		correlationCycle,
		duplicateID,
		duplicateName,
		duplicateReference,
		emptyGlob,
		filterTargetsNothing,
		invalidRule,
		notARule,
		placeholderUndefined,
		self,
		taxonomyMismatch,
		taxonomyUnmapped,
		undefinedRule,
		undefinedSelection,
		unknownRelated,
		unknownRule,
		unreferenceableSelection,
		unusedRule,
		unusedSelection,
	}
}

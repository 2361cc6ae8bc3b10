// Package meta holds the checks of metadata: titles, dates, tags and files.
package meta

import "github.com/socctl/socctl/lint"

// Checks returns the checks of the group, by name.
func Checks() []*lint.Check {
	return []*lint.Check{
		adsSection,
		authorMissing,
		dateFuture,
		dateMissing,
		dateOrder,
		deprecatedWithoutReplacement,
		descriptionMissing,
		descriptionShort,
		descriptionUrl,
		falsepositivesFormat,
		falsepositivesShort,
		falsepositivesVague,
		fieldsAttribute,
		fieldsDuplicate,
		filename,
		filenameDuplicate,
		filenameLength,
		idMissing,
		levelMissing,
		licenseID,
		modifiedSame,
		modifiedWithoutDate,
		referenceAttack,
		referencePermalink,
		referencesDuplicate,
		scopeShort,
		statusFolder,
		statusMissing,
		statusTooHigh,
		tagCar,
		tagCve,
		tagD3fend,
		tagDetection,
		tagDuplicate,
		tagFormat,
		tagNamespace,
		tagRepeatedNamespace,
		tagStp,
		tagTlp,
		titleCase,
		titleDuplicate,
		titleFormat,
		titleLength,
		trademark,
	}
}

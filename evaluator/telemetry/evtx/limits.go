package evtx

// Limits on what the content of a log can make a Reader do. Real logs stay
// below a tenth of each.
const (
	maxDepth         = 64      // of elements, templates and values in each other
	maxNameLength    = 1024    // characters
	maxChunkSteps    = 1 << 18 // tokens parsed, elements shaped, values rendered, per chunk
	maxRecordText    = 4 << 20 // bytes of values in one record
	maxTemplateBytes = 1 << 20 // of template definitions parsed, per chunk
	maxSymbolBytes   = 1 << 20 // of names and texts learned, per chunk

	// What a Reader remembers from one chunk to the next. Beyond it forgets
	// everything and learns anew.
	maxKnownSymbols = 4 << 20 // bytes of names and texts
	maxKnownCodes   = 1 << 20 // of templates
	maxKnownMembers = 1 << 17 // of plans
)

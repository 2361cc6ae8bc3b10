package rules

import "bytes"

// ParseNodes reads every YAML document of a file that holds no Sigma documents,
// such as a file of tests, with the positions and under the limits of Parse.
// Empty documents are left out. A syntax error ends the file; what stands
// before it is returned.
func ParseNodes(path string, source []byte) ([]*Node, Diagnostics) {
	p := &parser{file: newFile(path, bytes.TrimPrefix(source, []byte("\xef\xbb\xbf")))}
	if !p.readable() {
		return nil, p.diags
	}
	return p.documents(), p.diags
}

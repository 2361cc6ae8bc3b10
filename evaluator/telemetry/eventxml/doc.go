// Package eventxml reads Windows events that were rendered as XML, by wevtutil,
// Event Viewer, collectors, or Sysmon for Linux.
//
// It knows the XML that these write: elements, attributes, text, entities,
// CDATA; comments and processing instructions are passed over. A document type
// declaration is refused, so no entity can expand. Size and depth are bounded.
package eventxml

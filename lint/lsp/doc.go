// Package lsp is the editor server: the Language Server Protocol over what lint,
// the tests and the tables of logsources and ATT&CK know about rules.
//
// What it guarantees: diagnostics are those of socctl lint with the same
// configuration, on the texts of the editor instead of those on disk, and of the
// newest version only. A fix is offered only if every document of the file means
// the same afterwards. Nothing that a client sends ends the server but its
// request to exit; what goes wrong in one request is the answer to that request.
// Nothing is written to the file system.
package lsp

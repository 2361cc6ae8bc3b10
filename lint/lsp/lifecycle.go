package lsp

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/creachadair/jrpc2"

	"github.com/socctl/socctl/rules/config"
)

// initialize answers with what the server can do.
func (s *server) initialize(_ context.Context, p initializeParams) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ready, s.client, s.enc = true, p.Capabilities, choose(p.Capabilities.General.PositionEncodings)
	for _, f := range p.Folders {
		s.folders = append(s.folders, pathOf(f.URI))
	}
	if len(p.Folders) == 0 && p.RootURI != "" {
		s.folders = []string{pathOf(p.RootURI)}
	}
	return map[string]any{
		"serverInfo":   map[string]string{"name": "socctl", "version": s.options.Version},
		"capabilities": s.abilities(),
	}, nil
}

func (s *server) abilities() map[string]any {
	return map[string]any{
		"positionEncoding":   s.enc,
		"textDocumentSync":   map[string]any{"openClose": true, "change": 2, "save": map[string]any{}},
		"hoverProvider":      true,
		"definitionProvider": true,
		"referencesProvider": true,
		"completionProvider": map[string]any{"triggerCharacters": []string{"|", ".", ":", " ", "/", "-"}},
		"codeActionProvider": map[string]any{"codeActionKinds": []string{quickFix, fixAll}},

		"documentSymbolProvider":     true,
		"workspaceSymbolProvider":    true,
		"documentFormattingProvider": true,
		"codeLensProvider":           map[string]any{},
		"executeCommandProvider":     map[string]any{"commands": []string{runTestsCommand}},
		"workspace":                  map[string]any{"workspaceFolders": map[string]any{"supported": true, "changeNotifications": true}},
	}
}

// initialized asks to be told of changes on disk, and reads the projects of the
// folders that are open.
func (s *server) initialized(context.Context, json.RawMessage) error {
	s.mu.Lock()
	register := s.client.Workspace.DidChangeWatchedFiles.DynamicRegistration
	s.warm = true
	s.mu.Unlock()
	s.wakeUp()
	if register {
		s.background.Go(s.watchFiles)
	}
	return nil
}

func (s *server) watchFiles() {
	watchers := []map[string]string{{"globPattern": "**/*.{yml,yaml}"}, {"globPattern": "**/" + config.Name}}
	s.call("client/registerCapability", map[string]any{"registrations": []map[string]any{{
		"id": "files", "method": "workspace/didChangeWatchedFiles", "registerOptions": map[string]any{"watchers": watchers}}}})
}

// call asks the client for something, and reports whether it agreed.
func (s *server) call(method string, params any) bool {
	ctx, cancel := context.WithTimeout(s.ctx, s.options.Patience)
	defer cancel()
	if _, err := s.rpc.Callback(ctx, method, params); err != nil {
		s.log.Printf("%s: %v", method, err)
		return false
	}
	return true
}

func (s *server) shutDown(context.Context, json.RawMessage) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shutdown = true
	return nil, nil
}

func (s *server) exit(context.Context, *jrpc2.Request) (any, error) {
	s.exitOnce.Do(func() { close(s.exited) })
	return nil, nil
}

// cancelRequest ends a request early; it is answered all the same.
func (s *server) cancelRequest(_ context.Context, req *jrpc2.Request) (any, error) {
	var params struct {
		ID json.RawMessage `json:"id"`
	}
	if err := unmarshal(req, &params); err != nil {
		return nil, err
	}
	s.rpc.CancelRequest(string(params.ID))
	return nil, nil
}

// progress shows work that takes time, if the client can; what it returns ends it.
func (s *server) progress(title string) (end func()) {
	s.mu.Lock()
	s.tokens++
	token := fmt.Sprintf("socctl %d", s.tokens)
	able := s.client.Window.WorkDoneProgress
	s.mu.Unlock()
	if !able || !s.call("window/workDoneProgress/create", map[string]string{"token": token}) {
		return func() {}
	}
	tell := func(value map[string]any) { s.notify("$/progress", map[string]any{"token": token, "value": value}) }
	tell(map[string]any{"kind": "begin", "title": title})
	return func() { tell(map[string]any{"kind": "end"}) }
}

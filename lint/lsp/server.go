package lsp

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"runtime/debug"
	"sync"
	"time"

	"github.com/creachadair/jrpc2"
	"github.com/creachadair/jrpc2/handler"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/config"
)

// Options are what the server needs to be told.
type Options struct {
	// Checks returns the checks of a project, with those that its configuration
	// adds, and what is wrong with these.
	Checks  func(context.Context, *config.Config) (*lint.Catalogue, rules.Diagnostics)
	Config  string // path of the configuration of all files; "" looks for one above each
	Version string
	Log     io.Writer // nil for none

	// Debounce is how long typing must pause before diagnostics are worked out,
	// and Settle how long before tests are read again; 0 means the defaults.
	Debounce, Settle time.Duration
	// Patience is how long an answer waits for diagnostics, and the server for answers
	// of the client; 0 means the default. When the input ends, the server takes at most
	// twice as long to answer what was asked before.
	Patience time.Duration
}

// Defaults of Options.
const (
	defaultDebounce = 10 * time.Millisecond
	defaultSettle   = 300 * time.Millisecond
	defaultPatience = 4 * time.Second
)

// ErrNoShutdown is the error of a session that ended without the request that
// the protocol asks for.
var ErrNoShutdown = errors.New("the editor left without shutting the server down")

// Serve is a session with one client, which it reads from in and answers on out.
// It returns when the client asks for it, when in ends and what was asked before is
// answered, or when the context ends.
func Serve(ctx context.Context, in io.Reader, out io.WriteCloser, o Options) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s := newServer(ctx, o)
	s.rpc = jrpc2.NewServer(s.methods(), &jrpc2.ServerOptions{AllowPush: true, DisableBuiltin: true, Concurrency: 8,
		NewContext: func() context.Context { return ctx }})
	s.rpc.Start(&frames{in: bufio.NewReaderSize(in, 64<<10), out: out, log: s.log.Printf, done: ctx.Done(), patience: 2 * s.options.Patience})
	s.background.Go(s.diagnoseLoop)
	s.background.Go(s.testLoop)
	closed := make(chan error, 1)
	go func() { closed <- s.rpc.Wait() }()
	var err error
	select {
	case err = <-closed:
	case <-s.exited:
	case <-ctx.Done():
	}
	cancel()
	s.rpc.Stop()
	s.background.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil && !s.shutdown {
		err = ErrNoShutdown
	}
	return err
}

// server is one session.
type server struct {
	options Options
	ctx     context.Context // of the session
	rpc     *jrpc2.Server
	log     *log.Logger

	background sync.WaitGroup
	exited     chan struct{}
	exitOnce   sync.Once

	mu       sync.Mutex // protects what follows
	client   capabilities
	enc      encoding
	ready    bool // initialize was answered
	shutdown bool
	tokens   int // of progress, that were given out
	workspace
	work
}

func newServer(ctx context.Context, o Options) *server {
	if o.Log == nil {
		o.Log = io.Discard
	}
	if o.Debounce == 0 {
		o.Debounce = defaultDebounce
	}
	if o.Settle == 0 {
		o.Settle = defaultSettle
	}
	if o.Patience == 0 {
		o.Patience = defaultPatience
	}
	return &server{options: o, ctx: ctx, enc: utf16Columns, log: log.New(o.Log, "", log.LstdFlags),
		exited: make(chan struct{}), workspace: newWorkspace(), work: newWork()}
}

// methods lists everything that a client may ask for.
func (s *server) methods() handler.Map {
	return handler.Map{
		"initialize":                          request(s, s.initialize),
		"initialized":                         notification(s, s.initialized),
		"shutdown":                            request(s, s.shutDown),
		"exit":                                s.exit,
		"$/cancelRequest":                     s.cancelRequest,
		"$/setTrace":                          notification(s, ignore),
		"window/workDoneProgress/cancel":      notification(s, ignore),
		"workspace/didChangeConfiguration":    notification(s, ignore),
		"workspace/didChangeWorkspaceFolders": notification(s, s.changeFolders),
		"workspace/didChangeWatchedFiles":     notification(s, s.changeWatched),
		"workspace/executeCommand":            request(s, s.execute),
		"workspace/symbol":                    request(s, s.workspaceSymbols),
		"textDocument/didOpen":                notification(s, s.open),
		"textDocument/didChange":              notification(s, s.change),
		"textDocument/didSave":                notification(s, s.save),
		"textDocument/didClose":               notification(s, s.close),
		"textDocument/codeAction":             request(s, s.codeActions),
		"textDocument/formatting":             request(s, s.format),
		"textDocument/hover":                  request(s, s.hover),
		"textDocument/completion":             request(s, s.complete),
		"textDocument/definition":             request(s, s.definition),
		"textDocument/references":             request(s, s.references),
		"textDocument/documentSymbol":         request(s, s.documentSymbols),
		"textDocument/codeLens":               request(s, s.codeLenses),
	}
}

// Errors of the protocol.
const (
	notInitialized = jrpc2.Code(-32002)
	invalidRequest = jrpc2.InvalidRequest
)

// request makes a method of a function. A panic is the answer to the one request
// that met it.
func request[P, R any](s *server, do func(context.Context, P) (R, error)) jrpc2.Handler {
	return func(ctx context.Context, req *jrpc2.Request) (result any, err error) {
		defer s.survive(req.Method(), &err)
		if err := s.mayCall(req.Method()); err != nil {
			return nil, err
		}
		var params P
		if err := unmarshal(req, &params); err != nil {
			return nil, err
		}
		return do(ctx, params)
	}
}

// notification is request without a result.
func notification[P any](s *server, do func(context.Context, P) error) jrpc2.Handler {
	return request(s, func(ctx context.Context, p P) (any, error) {
		err := do(ctx, p)
		if err != nil {
			s.log.Print(err)
		}
		return nil, err
	})
}

func ignore(context.Context, json.RawMessage) error { return nil }

func unmarshal(req *jrpc2.Request, to any) error {
	text := req.ParamString()
	if text == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(text), to); err != nil {
		return jrpc2.Errorf(jrpc2.InvalidParams, "%s: %v", req.Method(), err)
	}
	return nil
}

// survive turns a panic into an error, with its place in the log.
func (s *server) survive(what string, err *error) {
	if p := recover(); p != nil {
		s.log.Printf("%s: %v\n%s", what, p, debug.Stack())
		*err = jrpc2.Errorf(jrpc2.InternalError, "%s: internal error: %v", what, p)
	}
}

// mayCall keeps a client to the order of a session.
func (s *server) mayCall(method string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.shutdown:
		return jrpc2.Errorf(invalidRequest, "%s after shutdown", method)
	case !s.ready && method != "initialize":
		return jrpc2.Errorf(notInitialized, "%s before initialize", method)
	case s.ready && method == "initialize":
		return jrpc2.Errorf(invalidRequest, "initialize a second time")
	}
	return nil
}

// notify tells the client something; it does not wait.
func (s *server) notify(method string, params any) {
	if err := s.rpc.Notify(s.ctx, method, params); err != nil {
		s.log.Printf("%s: %v", method, err)
	}
}

func (s *server) show(kind int, format string, args ...any) {
	s.notify("window/showMessage", messageParams{kind, fmt.Sprintf(format, args...)})
}

package main

import "io"

func (o *options) history(io.Writer, *collector) error { return nil }

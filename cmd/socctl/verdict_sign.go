package main

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/socctl/socctl/feedback"
)

// readKey reads a private key of Ed25519.
func readKey(path string) (ed25519.PrivateKey, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, &exitError{exitUnreadable, err}
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, usageError("%s holds no PEM: make a key with openssl genpkey -algorithm ed25519", path)
	}
	if block.Type != "PRIVATE KEY" {
		return nil, usageError("%s holds a %s: a PRIVATE KEY is needed, such as openssl genpkey -algorithm ed25519 makes", path, block.Type)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if key, ok := parsed.(ed25519.PrivateKey); ok {
		return key, nil
	}
	if err == nil {
		err = fmt.Errorf("it is a %T", parsed)
	}
	return nil, usageError("%s holds no private key of Ed25519: %v", path, err)
}

// sign signs verdicts that are not signed with a key whose public half the configuration knows, and which
// may sign for those who made them. Without a path it does nothing.
func sign(path string, known *feedback.Signatures, all []feedback.Verdict) error {
	if path == "" {
		return nil
	}
	private, err := readKey(path)
	if err != nil {
		return err
	}
	public := private.Public().(ed25519.PublicKey)
	key := known.Find(public)
	if key == nil {
		return usageError("the configuration does not know the key of %s: add key: %s to feedback.signatures.keys", path, base64.StdEncoding.EncodeToString(public))
	}
	for i := range all {
		if all[i].Sig != "" {
			continue
		}
		if err := all[i].Sign(key.Name, private); err != nil {
			return err
		}
		if _, err := known.Verify(&all[i]); err != nil {
			return usageError("the signature would not count: %v", err)
		}
	}
	return nil
}

func (c *cli) verdictKeyCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "key FILE",
		Short:   "Print the public key of a private one, for the configuration",
		Example: `  socctl verdict key alice.pem`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageError("name a file with a private key of Ed25519")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			key, err := readKey(args[0])
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(c.stdout, base64.StdEncoding.EncodeToString(key.Public().(ed25519.PublicKey)))
			return err
		},
	}
}

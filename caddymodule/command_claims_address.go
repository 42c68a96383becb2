package caddymodule

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/validation"
)

// longAddress is what the commands say of their argument.
const longAddress = `
The address is that of the argument, or for - the one line of standard input:
what is an argument can be seen by other users of this machine, and stays in the
history of the shell.`

// about does something with the claim on one address.
func (f claimsFlags) about(ctx context.Context, argument string, stdin io.Reader, do func(claims.Administrator, claims.ID) error) error {
	address, err := oneAddress(argument, stdin)
	if err != nil {
		return err
	}
	c, err := f.open()
	if err != nil {
		return err
	}
	defer c.close()
	tenant, err := c.tenantNamed(f.tenant)
	if err != nil {
		return err
	}
	if err := c.pepper.find(); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: nothing was claimed with it so far; or else this is not the storage of the gateway, "+
			"which depends on the user and on the environment", err)
	} else if err != nil {
		return err
	}
	if err := c.pepper.findMark(ctx, c); err != nil {
		return err
	}
	return do(c, c.pepper.emailID(tenant, address))
}

// oneAddress reads an address from the command line, or a line of standard input.
func oneAddress(argument string, stdin io.Reader) (string, error) {
	if argument == "-" {
		line, err := bufio.NewReader(io.LimitReader(stdin, maxAddressLine)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", err
		}
		argument = line
	}
	address, valid := validation.NormalizeEmail(strings.TrimSpace(argument))
	if !valid {
		return "", errors.New("this is not an email address that a customer could register with")
	}
	return address, nil
}

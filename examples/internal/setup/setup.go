// Package setup reads a function's configuration. When it is wrong, the helpers log a
// line and end the process, which Lambda reports as an initialization error.
package setup

import (
	"cmp"
	"context"
	"log"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
)

// Config returns the SDK's configuration from the environment.
func Config() aws.Config {
	return Must(config.LoadDefaultConfig(context.Background()))
}

// Env returns the environment variable called name, which must be set.
func Env(name string) string {
	v := os.Getenv(name)
	if v == "" {
		log.Fatalf("the environment variable %s is not set", name)
	}
	return v
}

// EnvOr returns the environment variable called name, or fallback when it is not set.
func EnvOr(name, fallback string) string {
	return cmp.Or(os.Getenv(name), fallback)
}

// Must returns v, or ends the process when err is not nil.
func Must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}

"""The rooms behind the doors in scripts/. One version, repeated in every manifest; a test holds them together."""

NAME = "cs-strategist"
VERSION = "0.1.0"

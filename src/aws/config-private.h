#ifndef ROOTOUT_AWS_CONFIG_PRIVATE_H
#define ROOTOUT_AWS_CONFIG_PRIVATE_H

/*
 * One file in the format of AWS's tools, read into sections. For config.c,
 * tests and the fuzzer.
 *
 * All strings are views into the file's text, which the reader changes in
 * place (a value that goes on in the next line is drawn together): a secret
 * access key is nowhere but in that text.
 */

#include "aws/config.h"

enum config_file_kind { CONFIG_FILE, CREDENTIALS_FILE };

enum config_section_kind {
	SECTION_PROFILE,
	SECTION_DEFAULT, /* [default] in a config file, beside which [profile default] wins */
	SECTION_SERVICES,
	SECTION_SSO_SESSION,
	SECTION_OTHER, /* not AWS's, or not for us: kept out of every lookup */
};

struct config_entry {
	struct str key;    /* lower case */
	struct str nested; /* the key one level in ("endpoint_url"); STR_NULL: none */
	struct str value;
	uint32_t line;
};

struct config_section {
	enum config_section_kind kind;
	struct str name;
	uint32_t line;
	struct config_entry *entries;
	size_t n, cap;
};

/* As long as the path in struct err. */
#define CONFIG_PATH_SIZE 256

struct config_file {
	char path[CONFIG_PATH_SIZE];
	enum config_file_kind kind;
	struct config_section *sections;
	size_t n, cap;
};

/* text is changed in place and must live as long as the file. ERR_INPUT with path and line. */
bool config_parse(struct config_file *f, char *text, size_t n, struct arena *a,
		  struct err *err) MUST_CHECK;

/* The last one said; STR_NULL: none. nested NULL: a plain key. */
struct str config_lookup(const struct config_file *f, enum config_section_kind kind,
			 struct str section, struct str key, const char *nested);

#endif

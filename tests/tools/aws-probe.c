/*
 * Lets a test in another language ask what aws/ makes of settings and requests.
 *
 * Reads one JSON object a line, answers one a line:
 *
 *	{"do":"endpoint","service":"sts","region":"eu-west-1"[,"url":…]}
 *		-> {"url":…,"signing_region":…,"partition":…} or {"error":…}
 *	{"do":"split","command":…}	-> {"words":[…]} or {"error":…}
 *	{"do":"config","path":…,"profile":…,"keys":[…]}	the file alone
 *		-> {"values":{key: text or null},"there":true}
 *	{"do":"sign","method":…,"path":…,"query":…,"headers":[[name,value]…],"body":…,
 *	 "region":…,"service":…,"key_id":…,"secret":…,"token":…,"now_ms":…}
 *		-> {"authorization":…}
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/config.h"
#include "aws/creds-private.h"
#include "aws/endpoint.h"
#include "aws/sign.h"
#include "base/limits.h"
#include "text/json.h"

static void fail(struct arena *a, struct val *out, const struct err *err)
{
	(void)val_set_str(a, out, "error", arena_strz(a, err->message));
}

static void ask_endpoint(struct arena *a, const struct val *q, struct val *out)
{
	struct str region = val_get_str(q, "region");
	struct endpoint e;
	struct err err = {0};

	if (!endpoint_resolve(api_service(val_get_str(q, "service")), region, val_get_str(q, "url"),
			      a, &e, &err)) {
		fail(a, out, &err);
		return;
	}
	(void)val_set_str(a, out, "url", e.url);
	(void)val_set_str(a, out, "signing_region", e.signing_region);
	(void)val_set_str(a, out, "partition", partition_of_region(region));
}

static void ask_split(struct arena *a, const struct val *q, struct val *out)
{
	struct val *words;
	char **argv;

	if (!creds_split_command(val_get_str(q, "command"), a, &argv)) {
		(void)val_set_z(a, out, "error", "no command");
		return;
	}
	words = val_setz(out, "words", val_list(a));
	for (; *argv; argv++)
		(void)val_append(words, val_string(a, str_of(*argv)));
}

static void ask_config(struct arena *a, const struct val *q, struct val *out)
{
	struct str profile = val_get_str(q, "profile");
	struct val *values;
	struct aws_config *c;
	struct err err = {0};

	setenv("AWS_CONFIG_FILE", arena_dupz(a, val_get_str(q, "path")), 1);
	setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials", 1);
	c = aws_config_load(NULL, &err);
	if (!c) {
		fail(a, out, &err);
		return;
	}
	values = val_setz(out, "values", val_object(a));
	VAL_EACH(key, val_get(q, "keys"))
	{
		struct str v = aws_config_get(c, profile, arena_dupz(a, val_str(key)));

		(void)val_set(values, val_str(key),
			      str_is_null(v) ? val_null(a) : val_string(a, arena_str(a, v)));
	}
	(void)val_set_bool(a, out, "there", aws_config_has_profile(c, profile));
	aws_config_free(&c);
}

static void ask_sign(struct arena *a, const struct val *q, struct val *out)
{
	struct secret secret = {0}, token = {0};
	struct sign_creds creds = {val_get_str(q, "key_id"), &secret, &token};
	size_t n = 0, nadded;
	struct http_header *headers =
		arena_calloc(a, val_count(val_get(q, "headers")) + 1, sizeof(*headers));
	struct http_header added[4];

	VAL_EACH(h, val_get(q, "headers"))
	headers[n++] = (struct http_header){val_str(val_at(h, 0)), val_str(val_at(h, 1))};
	secret_set(&secret, val_get_str(q, "secret"));
	if (val_get_str(q, "token").n > 0)
		secret_set(&token, val_get_str(q, "token"));

	struct sign_request r = {
		.method = val_get_str(q, "method"),
		.path = val_get_str(q, "path"),
		.query = val_get_str(q, "query"),
		.headers = headers,
		.nheaders = n,
		.body = val_get_str(q, "body"),
		.region = val_get_str(q, "region"),
		.service = val_get_str(q, "service"),
		.now_ms = val_i64(val_get(q, "now_ms"), 0),
	};

	sign_add(&r, &creds, a, added, &nadded);
	(void)val_set_str(a, out, "authorization", added[nadded - 1].value);
	secret_release(&secret);
	secret_release(&token);
}

static struct str answer(struct arena *a, struct str line)
{
	static const struct {
		const char *name;
		void (*ask)(struct arena *a, const struct val *q, struct val *out);
	} asks[] = {
		{"endpoint", ask_endpoint},
		{"split", ask_split},
		{"config", ask_config},
		{"sign", ask_sign},
	};
	struct val *q, *out = val_object(a);
	struct err err = {0};

	if (!json_read(line, 0, a, &q, &err)) {
		fail(a, out, &err);
		return json_text(a, out);
	}
	for (size_t i = 0; i < ARRAY_SIZE(asks); i++)
		if (str_eqz(val_get_str(q, "do"), asks[i].name))
			asks[i].ask(a, q, out);
	return json_text(a, out);
}

int main(void)
{
	struct arena *a = arena_new();
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;

	while ((n = getline(&line, &cap, stdin)) > 0) {
		struct str out = answer(a, str_trim(str_ofn(line, (size_t)n)));

		printf("%.*s\n", STR_ARG(out));
		fflush(stdout);
		arena_reset(a);
	}
	free(line);
	arena_free(&a);
	return 0;
}

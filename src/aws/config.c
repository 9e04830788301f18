/* The two shared files together, and the settings that come from them or from the environment. */

#include "aws/config.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "aws/config-private.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/secret.h"

struct aws_config {
	struct arena *arena;
	struct secret text[2]; /* of the files: the credentials' one holds keys */
	struct config_file files[2];
	struct str profile;
	bool named;
	bool by_option;
};

static const char *env(const char *name)
{
	const char *v = getenv(name);

	return v && *v ? v : NULL;
}

static int home_path(const char *rest, char *out, size_t n)
{
	const char *home = env("HOME");
	struct passwd pw, *found = NULL;
	char text[1024];

	if (!home && getpwuid_r(getuid(), &pw, text, sizeof(text), &found) == 0 && found)
		home = found->pw_dir;
	return snprintf(out, n, "%s/%s", home ? home : "", rest);
}

/* Where a file is: the variable (with ~/ as the CLI has it), or its place at home. */
static bool file_path(const char *variable, const char *at_home, char out[CONFIG_PATH_SIZE],
		      struct err *err)
{
	const char *v = env(variable);
	int n;

	if (!v)
		n = home_path(at_home, out, CONFIG_PATH_SIZE);
	else if (v[0] == '~' && v[1] == '/')
		n = home_path(v + 2, out, CONFIG_PATH_SIZE);
	else
		n = snprintf(out, CONFIG_PATH_SIZE, "%s", v);
	/* Cut, it would be another file, or none: and "none" is a valid answer here. */
	if (n >= 0 && n < CONFIG_PATH_SIZE)
		return true;
	return err_set(err, ERR_INPUT, "the path of %s is longer than %d bytes", variable,
		       CONFIG_PATH_SIZE - 1);
}

/* Not by base/file: its content lies in an arena, and this one has keys in it. */
static bool read_secret_file(const char *path, struct buf *out, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = 1;

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return true;
	if (fd < 0)
		return err_errno(err, errno, "cannot read '%s'", path);
	while (got != 0) {
		char *room = buf_room(out, KIB(4));

		if (!room) {
			close(fd);
			return err_set(err, ERR_LIMIT, "'%s' is larger than %zu KiB", path,
				       LIMIT_CONFIG_BYTES / 1024);
		}
		got = read(fd, room, KIB(4));
		if (got < 0 && errno != EINTR) {
			int e = errno;

			close(fd);
			return err_errno(err, e, "cannot read '%s'", path);
		}
		if (got > 0)
			buf_grew(out, (size_t)got);
	}
	close(fd);
	return true;
}

static bool load_file(struct aws_config *c, int which, struct err *err)
{
	struct config_file *f = &c->files[which];
	struct buf b;
	bool ok;

	f->kind = which == 0 ? CONFIG_FILE : CREDENTIALS_FILE;
	if (which == 0)
		ok = file_path("AWS_CONFIG_FILE", ".aws/config", f->path, err);
	else
		ok = file_path("AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials", f->path, err);
	if (!ok)
		return false;
	buf_init_secret(&b, LIMIT_CONFIG_BYTES);
	ok = read_secret_file(f->path, &b, err);
	if (ok && b.n > 0) {
		secret_set(&c->text[which], buf_str(&b));

		struct str text = secret_reveal(&c->text[which]);

		ok = config_parse(f, (char *)(uintptr_t)text.p, text.n, c->arena, err);
	}
	buf_release(&b);
	return ok;
}

static struct str nearest_profile(const struct aws_config *c, struct str word)
{
	struct str *names = NULL;
	size_t n = 0, cap = 0;

	for (int i = 0; i < 2; i++) {
		for (size_t k = 0; k < c->files[i].n; k++) {
			const struct config_section *s = &c->files[i].sections[k];

			if (s->kind != SECTION_PROFILE && s->kind != SECTION_DEFAULT)
				continue;
			names = arena_grow(c->arena, names, n, &cap, sizeof(*names));
			names[n++] = s->name;
		}
	}
	return str_nearest(word, names, n);
}

static bool check_profile(const struct aws_config *c, struct err *err)
{
	if (!c->named || aws_config_has_profile(c, c->profile))
		return true;

	struct str near = nearest_profile(c, c->profile);
	char hint[160] = "";

	if (!str_is_null(near))
		snprintf(hint, sizeof(hint), ", did you mean '%.*s'?", STR_ARG(near));
	return err_set(err, ERR_INPUT, "no profile '%.*s' in %s or %s%s", STR_ARG(c->profile),
		       c->files[0].path, c->files[1].path, hint);
}

struct aws_config *aws_config_load(const char *profile, struct err *err)
{
	struct aws_config *c = xcalloc(1, sizeof(*c));

	c->arena = arena_new();
	c->by_option = profile != NULL;
	if (!profile)
		profile = env("AWS_PROFILE");
	if (!profile)
		profile = env("AWS_DEFAULT_PROFILE");
	c->named = profile != NULL;
	c->profile = arena_strz(c->arena, profile ? profile : "default");
	if (!load_file(c, 0, err) || !load_file(c, 1, err) || !check_profile(c, err))
		aws_config_free(&c);
	return c;
}

void aws_config_free(struct aws_config **c)
{
	if (!*c)
		return;
	secret_release(&(*c)->text[0]);
	secret_release(&(*c)->text[1]);
	arena_free(&(*c)->arena);
	free(*c);
	*c = NULL;
}

struct str aws_config_profile(const struct aws_config *c)
{
	return c->profile;
}

bool aws_config_profile_named(const struct aws_config *c)
{
	return c->named;
}

bool aws_config_profile_by_option(const struct aws_config *c)
{
	return c->by_option;
}

const char *aws_config_path(const struct aws_config *c, bool credentials)
{
	return c->files[credentials ? 1 : 0].path;
}

struct str aws_config_get_from(const struct aws_config *c, bool credentials, struct str profile,
			       const char *key)
{
	const struct config_file *f = &c->files[credentials ? 1 : 0];
	struct str v = config_lookup(f, SECTION_PROFILE, profile, str_of(key), NULL);

	if (str_is_null(v) && !credentials && str_eqz(profile, "default"))
		v = config_lookup(f, SECTION_DEFAULT, profile, str_of(key), NULL);
	return str_is_empty(v) ? STR_NULL : v;
}

struct str aws_config_get(const struct aws_config *c, struct str profile, const char *key)
{
	struct str v = aws_config_get_from(c, true, profile, key);

	return str_is_null(v) ? aws_config_get_from(c, false, profile, key) : v;
}

static bool has_section(const struct config_file *f, enum config_section_kind kind, struct str name)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->sections[i].kind == kind && str_eq(f->sections[i].name, name))
			return true;
	return false;
}

bool aws_config_has_profile(const struct aws_config *c, struct str profile)
{
	return has_section(&c->files[0], SECTION_PROFILE, profile) ||
	       has_section(&c->files[1], SECTION_PROFILE, profile) ||
	       (str_eqz(profile, "default") && has_section(&c->files[0], SECTION_DEFAULT, profile));
}

struct str aws_config_service(const struct aws_config *c, struct str service_key, const char *key)
{
	struct str services = aws_config_get(c, c->profile, "services");

	if (str_is_null(services))
		return STR_NULL;

	struct str v = config_lookup(&c->files[0], SECTION_SERVICES, services, service_key, key);

	return str_is_empty(v) ? STR_NULL : v;
}

struct str aws_config_region(const struct aws_config *c)
{
	const char *v = env("AWS_REGION");

	if (!v)
		v = env("AWS_DEFAULT_REGION");
	return v ? str_of(v) : aws_config_get(c, c->profile, "region");
}

static bool ignores_endpoints(const struct aws_config *c)
{
	const char *v = env("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
	struct str s =
		v ? str_of(v) : aws_config_get(c, c->profile, "ignore_configured_endpoint_urls");

	return str_eq_nocase(s, STR("true"));
}

/* "SSO Admin": SSO_ADMIN in a variable's name, sso_admin in a file. */
static void service_key(struct str sdk_id, bool upper, char *out, size_t n)
{
	size_t i = 0;

	for (; i < sdk_id.n && i + 1 < n; i++) {
		char c = sdk_id.p[i];

		if (c == ' ' || c == '-')
			c = '_';
		else if (upper && c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		else if (!upper && c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		out[i] = c;
	}
	out[i] = '\0';
}

struct str aws_config_endpoint_url(const struct aws_config *c, struct str sdk_id)
{
	char variable[128] = "AWS_ENDPOINT_URL_";
	char key[64];
	struct str v;

	if (ignores_endpoints(c))
		return STR_NULL;
	service_key(sdk_id, true, variable + strlen(variable), sizeof(variable) - strlen(variable));
	service_key(sdk_id, false, key, sizeof(key));
	if (env(variable))
		return str_of(env(variable));
	if (env("AWS_ENDPOINT_URL"))
		return str_of(env("AWS_ENDPOINT_URL"));
	v = aws_config_service(c, str_of(key), "endpoint_url");
	return str_is_null(v) ? aws_config_get(c, c->profile, "endpoint_url") : v;
}

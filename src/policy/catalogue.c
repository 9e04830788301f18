/* Reading the catalogue; its lines are described at the top of catalogue/aws.txt. */

#include "policy/catalogue.h"

#include <libdeflate.h>

#include "policy/catalogue-private.h"
#include "policy/policy.h"

struct catalogue {
	struct arena *a;
	struct str source, date;
	struct catalogue_key *globals;
	size_t nglobals, cap_globals;
	struct str *federated;
	size_t nfederated, cap_federated;
	struct str rcp; /* prefixes, with a space between */
	struct catalogue_service *services;
	size_t n, cap;
};

/* The text with * for what stands between ${ } or < >. */
static struct str pattern_of(struct str s, struct arena *a)
{
	char *out = arena_dupz(a, s);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		bool dollar = s.p[i] == '$' && i + 1 < s.n && s.p[i + 1] == '{';
		if (!dollar && s.p[i] != '<') {
			out[n++] = s.p[i];
			continue;
		}
		ptrdiff_t end = str_chr(str_from(s, i), dollar ? '}' : '>');
		if (end < 0) {
			out[n++] = s.p[i];
			continue;
		}
		if (n == 0 || out[n - 1] != '*')
			out[n++] = '*';
		i += (size_t)end;
	}
	out[n] = '\0';
	return str_ofn(out, n);
}

static struct str next_word(struct str *rest)
{
	struct str word = STR_NULL;
	str_next(rest, ' ', &word);
	return word;
}

static struct catalogue_key read_key(struct str rest, struct arena *a)
{
	struct catalogue_key k = {.name = next_word(&rest)};
	k.pattern = pattern_of(k.name, a);
	k.type = rest.n ? rest.p[0] : KEY_STRING;
	return k;
}

/* "3,15+,24!": the numbers below `max`; *required (or NULL): which have a +. */
static uint16_t *read_numbers(struct str word, size_t max, size_t *n, bool **required,
			      struct arena *a)
{
	size_t commas = 1;
	for (size_t i = 0; i < word.n; i++)
		commas += word.p[i] == ',';
	uint16_t *out = arena_calloc(a, commas, sizeof(*out));
	struct str one;
	*n = 0;
	if (required)
		*required = arena_calloc(a, commas, sizeof(**required));
	while (str_next(&word, ',', &one)) {
		uint64_t value;
		bool plus = false;
		for (; one.n && (one.p[one.n - 1] == '+' || one.p[one.n - 1] == '!'); one.n--)
			plus |= one.p[one.n - 1] == '+';
		if (!str_to_u64(one, &value) || value >= max)
			continue;
		if (required)
			(*required)[*n] = plus;
		out[(*n)++] = (uint16_t)value;
	}
	return out;
}

static void head_line(struct catalogue *c, struct str kind, struct str rest)
{
	if (str_eqz(kind, "source")) {
		c->source = rest;
	} else if (str_eqz(kind, "date")) {
		c->date = rest;
	} else if (str_eqz(kind, "x")) {
		c->rcp = rest;
	} else if (str_eqz(kind, "f")) {
		c->federated = arena_grow(c->a, c->federated, c->nfederated, &c->cap_federated,
					  sizeof(*c->federated));
		c->federated[c->nfederated++] = pattern_of(rest, c->a);
	} else if (str_eqz(kind, "g")) {
		c->globals = arena_grow(c->a, c->globals, c->nglobals, &c->cap_globals,
					sizeof(*c->globals));
		c->globals[c->nglobals++] = read_key(rest, c->a);
	}
}

struct catalogue *catalogue_of(struct str text, struct arena *a)
{
	struct catalogue *c = arena_new_of(a, struct catalogue);
	struct str rest = text, line;
	c->a = a;
	while (str_next(&rest, '\n', &line)) {
		if (line.n == 0 || line.p[0] == '#')
			continue;
		if (str_startsz(line, "s ")) {
			struct str words = str_from(line, 2);
			c->services =
				arena_grow(a, c->services, c->n, &c->cap, sizeof(*c->services));
			struct catalogue_service *s = &c->services[c->n++];
			*s = (struct catalogue_service){.prefix = next_word(&words)};
			s->name = words;
			s->body = str_ofn(rest.p, 0);
		} else if (c->n) {
			struct catalogue_service *s = &c->services[c->n - 1];
			s->body.n = (size_t)(line.p + line.n - s->body.p);
		} else {
			head_line(c, next_word(&line), line);
		}
	}
	return c;
}

struct catalogue *catalogue_open(struct arena *a)
{
	char *text = arena_alloc(a, catalogue_text_n);
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
	if (!d || libdeflate_zlib_decompress(d, catalogue_data, catalogue_data_n, text,
					     catalogue_text_n, NULL) != LIBDEFLATE_SUCCESS)
		BUG("the catalogue inside the program cannot be inflated");
	libdeflate_free_decompressor(d);
	return catalogue_of(str_ofn(text, catalogue_text_n), a);
}

static void count_lines(struct catalogue_service *s, size_t *k, size_t *r, size_t *n)
{
	struct str rest = s->body, line;
	while (str_next(&rest, '\n', &line)) {
		*k += str_startsz(line, "k ");
		*r += str_startsz(line, "r ");
		*n += str_startsz(line, "a ");
	}
}

static void read_service(struct catalogue_service *s, struct arena *a)
{
	struct str rest = s->body, line;
	size_t k = 0, r = 0, n = 0;
	count_lines(s, &k, &r, &n);
	s->keys = arena_calloc(a, k, sizeof(*s->keys));
	s->resources = arena_calloc(a, r, sizeof(*s->resources));
	s->actions = arena_calloc(a, n, sizeof(*s->actions));
	while (str_next(&rest, '\n', &line)) {
		struct str all = line;
		next_word(&line);
		if (str_startsz(all, "k ")) {
			s->keys[s->nkeys++] = read_key(line, a);
		} else if (str_startsz(all, "r ")) {
			struct catalogue_resource *x = &s->resources[s->nresources++];
			x->name = next_word(&line);
			x->arn = next_word(&line);
			x->pattern = pattern_of(x->arn, a);
			x->keys = read_numbers(line, k, &x->nkeys, NULL, a);
		} else if (str_startsz(all, "a ")) {
			struct catalogue_action *x = &s->actions[s->nactions++];
			x->name = next_word(&line);
			struct str level = next_word(&line);
			x->level = level.n ? level.p[0] : ACCESS_WRITE;
			x->resources =
				read_numbers(next_word(&line), r, &x->nresources, &x->required, a);
			x->keys = read_numbers(line, k, &x->nkeys, NULL, a);
		}
	}
	s->read = true;
}

struct str catalogue_source(const struct catalogue *c)
{
	return c->source;
}

struct str catalogue_date(const struct catalogue *c)
{
	return c->date;
}

size_t catalogue_nservices(const struct catalogue *c)
{
	return c->n;
}

struct str catalogue_prefix(const struct catalogue *c, size_t i)
{
	return c->services[i].prefix;
}

size_t catalogue_nactions(struct catalogue *c)
{
	size_t n = 0;
	for (size_t i = 0; i < c->n; i++)
		n += catalogue_service(c, c->services[i].prefix)->nactions;
	return n;
}

struct catalogue_service *catalogue_service(struct catalogue *c, struct str prefix)
{
	for (size_t i = 0; i < c->n; i++) {
		struct catalogue_service *s = &c->services[i];
		if (!str_eq_nocase(s->prefix, prefix))
			continue;
		if (!s->read)
			read_service(s, c->a);
		return s;
	}
	return NULL;
}

const struct catalogue_action *catalogue_action(const struct catalogue_service *s, struct str name)
{
	for (size_t i = 0; i < s->nactions; i++) {
		if (str_eq_nocase(s->actions[i].name, name))
			return &s->actions[i];
	}
	return NULL;
}

static const struct catalogue_key *find_key(const struct catalogue_key *keys, size_t n,
					    struct str name)
{
	for (size_t i = 0; i < n; i++) {
		if (policy_match(keys[i].pattern, name, true) ||
		    str_eq_nocase(keys[i].pattern, name))
			return &keys[i];
	}
	return NULL;
}

const struct catalogue_key *catalogue_key(const struct catalogue_service *s, struct str name)
{
	return find_key(s->keys, s->nkeys, name);
}

const struct catalogue_key *catalogue_global_key(const struct catalogue *c, struct str name)
{
	return find_key(c->globals, c->nglobals, name);
}

bool catalogue_is_federated(const struct catalogue *c, struct str key)
{
	ptrdiff_t colon = str_rchr(key, ':');
	struct str prefix = colon < 0 ? key : str_sub(key, 0, (size_t)colon);
	for (size_t i = 0; i < c->nfederated; i++) {
		if (policy_match(c->federated[i], prefix, true))
			return true;
	}
	/* A provider of one's own: its host. */
	return str_chr(prefix, '.') >= 0;
}

bool catalogue_rcp_binds(const struct catalogue *c, struct str prefix)
{
	struct str rest = c->rcp, word;
	while (str_next(&rest, ' ', &word)) {
		if (str_eq_nocase(word, prefix))
			return true;
	}
	return false;
}

static bool holds(const uint16_t *v, size_t n, size_t x)
{
	for (size_t i = 0; i < n; i++) {
		if (v[i] == x)
			return true;
	}
	return false;
}

bool catalogue_has_key(const struct catalogue_service *s, const struct catalogue_action *action,
		       const struct catalogue_key *key)
{
	size_t k = (size_t)(key - s->keys);
	if (holds(action->keys, action->nkeys, k))
		return true;
	for (size_t i = 0; i < action->nresources; i++) {
		const struct catalogue_resource *r = &s->resources[action->resources[i]];
		if (holds(r->keys, r->nkeys, k))
			return true;
	}
	return false;
}

struct str catalogue_near_service(const struct catalogue *c, struct str word, struct arena *a)
{
	struct str *names = arena_calloc(a, c->n, sizeof(*names));
	for (size_t i = 0; i < c->n; i++)
		names[i] = c->services[i].prefix;
	return str_nearest(word, names, c->n);
}

struct str catalogue_near_action(const struct catalogue_service *s, struct str word,
				 struct arena *a)
{
	struct str *names = arena_calloc(a, s->nactions, sizeof(*names));
	for (size_t i = 0; i < s->nactions; i++)
		names[i] = s->actions[i].name;
	return str_nearest(word, names, s->nactions);
}

struct str catalogue_near_key(const struct catalogue *c, const struct catalogue_service *s,
			      struct str word, struct arena *a)
{
	size_t n = 0, of_service = s ? s->nkeys : 0;
	struct str *names = arena_calloc(a, c->nglobals + of_service, sizeof(*names));
	for (size_t i = 0; i < of_service; i++)
		names[n++] = s->keys[i].name;
	for (size_t i = 0; i < c->nglobals; i++)
		names[n++] = c->globals[i].name;
	return str_nearest(word, names, n);
}

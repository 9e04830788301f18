#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "cmd/commands.h"
#include "cmd/sandbox-common.h"
#include "net/http.h"
#include "text/json.h"
#include "text/show.h"

/*
 * The commands that act on a running sandbox, through its /_sandbox/ paths.
 */

#define TAIL_EVERY_MS 500
#define SHOWN 10                    /* events that had happened before */
#define NO_EVENT "9000000000000000" /* after the last one, whichever that is */

struct asking {
	struct cmd *c;
	struct http_client *client;
	struct http_conn *conn;
	struct str base; /* "http://127.0.0.1:4577" */
};

/* --endpoint-url, the folder of --state, the environment, the usual port. */
static bool find_sandbox(struct asking *q)
{
	struct cmd *c = q->c;
	const char *url = cmd_text(c, "endpoint-url"), *state = cmd_text(c, "state");
	struct str text;

	if (!url && state) {
		struct str path = path_join(c->arena, str_of(state), STR("endpoint"));
		if (!file_read(path.p, 4096, c->arena, &text, &c->err))
			return err_wrap(&c->err, "no sandbox is running with '%s'", state);
		q->base = str_trim(text);
		return true;
	}
	if (!url)
		url = getenv("AWS_ENDPOINT_URL");
	q->base = str_of(url && *url ? url : "http://" SANDBOX_LISTEN);
	if (str_endsz(q->base, "/"))
		q->base = str_sub(q->base, 0, q->base.n - 1);
	return true;
}

static bool asking_open(struct asking *q, struct cmd *c)
{
	const struct http_options opt = {.user_agent = "rootout"};

	*q = (struct asking){.c = c};
	if (!find_sandbox(q))
		return false;
	q->client = http_client_new(&opt, &c->err);
	if (!q->client)
		return false;
	q->conn = http_conn_new(q->client);
	return true;
}

static void asking_close(struct asking *q)
{
	http_conn_free(&q->conn);
	http_client_free(&q->client);
}

/* What it says where it refuses. */
static bool refused(struct asking *q, const struct http_response *resp)
{
	struct err ignored = {0};
	struct val *v = NULL;

	if (!json_read(resp->body, 0, q->c->arena, &v, &ignored))
		v = NULL;
	struct str why = val_get_str(v, "error");
	if (str_is_null(why))
		return err_set(&q->c->err, ERR_PROTOCOL, "%.*s is no rootout sandbox (HTTP %d)",
			       STR_ARG(q->base), resp->status);
	return err_set(&q->c->err, ERR_INPUT, "the sandbox says: %.*s", STR_ARG(why));
}

static bool ask(struct asking *q, const char *method, struct str path, struct str body,
		struct arena *a, struct http_response *resp)
{
	const struct http_request req = {
		.method = str_of(method),
		.url = arena_printf(a, "%.*s/_sandbox/%.*s", STR_ARG(q->base), STR_ARG(path)),
		.body = body,
		.max_body = LIMIT_OUTPUT,
	};

	if (!http_send(q->conn, &req, a, resp, &q->c->err))
		return err_wrap(&q->c->err,
				"cannot ask a sandbox at %.*s (start one with 'rootout sandbox', "
				"or say where with --endpoint-url)",
				STR_ARG(q->base));
	return resp->status == 200 || refused(q, resp);
}

static int finish(struct asking *q, bool ok)
{
	int status = ok ? EXIT_DONE : EXIT_ERROR;

	/* Without a reason standard output failed, which is said at the end. */
	if (!ok && err_is_set(&q->c->err))
		status = cmd_fail(q->c, &q->c->err);
	asking_close(q);
	return status;
}

static int print_answer(struct cmd *c, const char *method, struct str path, struct str body)
{
	struct asking q;
	struct http_response resp;
	bool ok = asking_open(&q, c) && ask(&q, method, path, body, c->arena, &resp);

	return finish(&q, ok && cmd_print(c, resp.body));
}

/* ---- events, tail ---- */

static int run_events(struct cmd *c)
{
	struct str path =
		arena_printf(c->arena, "events?since=%lld", (long long)cmd_int(c, "since", 0));

	return print_answer(c, "GET", path, STR(""));
}

/* Who made the call: "user/hanako", "root session", "123456789012 role/Admin" from elsewhere. */
static struct str who_of(const struct val *event, struct str account, struct arena *a)
{
	const struct val *id = val_get(event, "userIdentity");
	struct str arn = val_get_str(id, "arn"), own = val_get_str(id, "accountId"), who = arn;
	ptrdiff_t colon = str_rchr(arn, ':');

	if (colon >= 0)
		who = str_from(arn, (size_t)colon + 1);
	if (str_eqz(val_get_str(id, "type"), "Root"))
		who = val_get(val_get(id, "sessionContext"), "assumedRoot") ? STR("root session")
									    : STR("root user");
	if (!who.n)
		who = val_get_str(id, "invokedBy").n ? val_get_str(id, "invokedBy")
						     : val_get_str(id, "type");
	if (own.n && !str_eq(own, account))
		who = arena_printf(a, "%.*s %.*s", STR_ARG(own), STR_ARG(who));
	return show(a, who);
}

/* One event as one line for people: when, where, what, who, and what came of it. */
static void put_event(struct cmd *c, const struct val *event, struct arena *a, struct buf *out)
{
	struct str source = val_get_str(event, "eventSource"), service, rest;
	struct str account = val_get_str(event, "recipientAccountId");
	struct str code = val_get_str(event, "errorCode");
	bool root = str_eqz(val_get_str(val_get(event, "userIdentity"), "type"), "Root");
	struct str name, who = who_of(event, account, a);

	str_cut(source, '.', &service, &rest);
	name = show(a, arena_printf(a, "%.*s:%.*s", STR_ARG(service),
				    STR_ARG(val_get_str(event, "eventName"))));
	buf_addf(out, "%.*s  %.*s  %.*s%*s  ", STR_ARG(show(a, val_get_str(event, "eventTime"))),
		 STR_ARG(show(a, account)), STR_ARG(name), name.n < 36 ? (int)(36 - name.n) : 0,
		 "");
	buf_addf(out, "%s%.*s%s", root ? term_on(&c->out, COLOUR_YELLOW) : "", STR_ARG(who),
		 root ? term_off(&c->out) : "");
	if (code.n)
		buf_addf(out, "  %s%.*s%s", term_on(&c->out, COLOUR_RED), STR_ARG(show(a, code)),
			 term_off(&c->out));
	buf_addc(out, '\n');
}

static bool print_events(struct cmd *c, struct str lines, struct arena *a)
{
	struct buf out = BUF_INIT(LIMIT_OUTPUT);
	struct str line;
	bool ok = true;

	if (c->output == OUTPUT_JSON)
		return cmd_print(c, lines);
	while (ok && str_next(&lines, '\n', &line)) {
		struct val *event;

		if (!line.n)
			continue;
		ok = json_read(line, 0, a, &event, &c->err);
		if (ok)
			put_event(c, event, a, &out);
	}
	ok = ok && cmd_print(c, buf_str(&out));
	buf_release(&out);
	return ok;
}

/* Where the last few begin, as tail(1) has it. */
static bool find_tail(struct asking *q, struct str *since, struct arena *a)
{
	struct http_response resp;
	int64_t last;

	if (!ask(q, "GET", STR("events?since=" NO_EVENT), STR(""), a, &resp))
		return false;
	if (!str_to_i64(http_response_header(&resp, "x-sandbox-last"), &last))
		return err_set(&q->c->err, ERR_PROTOCOL, "%.*s is no rootout sandbox",
			       STR_ARG(q->base));
	*since = arena_printf(q->c->arena, "%lld", (long long)(last > SHOWN ? last - SHOWN : 0));
	return true;
}

static bool tail_once(struct asking *q, struct str *since, struct arena *a)
{
	struct http_response resp;
	struct str path = arena_printf(a, "events?since=%.*s", STR_ARG(*since));

	if (!ask(q, "GET", path, STR(""), a, &resp))
		return false;
	struct str last = http_response_header(&resp, "x-sandbox-last");
	if (str_is_null(last))
		return err_set(&q->c->err, ERR_PROTOCOL, "%.*s is no rootout sandbox",
			       STR_ARG(q->base));
	if (!str_eq(last, *since))
		*since = arena_str(q->c->arena, last);
	return print_events(q->c, resp.body, a) && !cmd_write_error();
}

static int run_tail(struct cmd *c)
{
	struct asking q;
	struct str since = STR("0");
	struct arena *a = arena_new();
	bool ok = asking_open(&q, c) && find_tail(&q, &since, a);

	while (ok && !cmd_interrupted()) {
		ok = tail_once(&q, &since, a);
		arena_reset(a);
		if (ok)
			clock_sleep_ms(NULL, TAIL_EVERY_MS);
	}
	arena_free(&a);
	return finish(&q, ok || cmd_interrupted());
}

/* ---- clock, reset, export ---- */

static bool print_clock(struct cmd *c, struct str body)
{
	struct val *v;
	int64_t ahead_ms, now_ms;
	char now[TIME_ISO_SIZE], ahead[TIME_ISO_SIZE];

	if (c->output == OUTPUT_JSON)
		return cmd_print(c, body);
	if (!json_read(body, 0, c->arena, &v, &c->err))
		return false;
	ahead_ms = val_i64(val_get(v, "ahead_ms"), -1);
	if (ahead_ms < 0 || !time_parse_iso(val_get_str(v, "now"), &now_ms))
		return err_set(&c->err, ERR_PROTOCOL, "that is no clock of a rootout sandbox");
	/* In whole seconds, the clock and how far it is ahead of ours go together. */
	if (ahead_ms < 1000)
		return cmd_printf(c, "the sandbox's clock: %s, the machine's own time\n",
				  time_iso(now_ms, false, now));
	return cmd_printf(c, "the sandbox's clock: %s, %s ahead of this machine\n",
			  time_iso(now_ms, false, now),
			  duration_text(ahead_ms - ahead_ms % 1000, ahead));
}

static int ask_clock(struct cmd *c, const char *method, struct str body)
{
	struct asking q;
	struct http_response resp;

	return finish(&q, asking_open(&q, c) &&
				  ask(&q, method, STR("clock"), body, c->arena, &resp) &&
				  print_clock(c, resp.body));
}

static int run_clock(struct cmd *c)
{
	struct val *v = val_object(c->arena);
	const char *advance = cmd_text(c, "advance"), *to = cmd_text(c, "to");

	if (advance && to) {
		err_set(&c->err, ERR_INPUT, "--advance and --to contradict each other: give one");
		return cmd_fail(c, &c->err);
	}
	if (!advance && !to)
		return ask_clock(c, "GET", STR(""));
	if (advance)
		val_set_z(c->arena, v, "advance", advance);
	else
		val_set_z(c->arena, v, "now", to);
	return ask_clock(c, "POST", json_text(c->arena, v));
}

static int run_reset(struct cmd *c)
{
	struct asking q;
	struct http_response resp;
	bool ok = asking_open(&q, c) && ask(&q, "POST", STR("reset"), STR(""), c->arena, &resp);

	if (ok)
		cmd_note(c, "the sandbox at %.*s is back to its start", STR_ARG(q.base));
	return finish(&q, ok);
}

static int run_export(struct cmd *c)
{
	return print_answer(c, "GET", STR("state"), STR(""));
}

#define WHICH_OPTIONS                                                                          \
	{"endpoint-url", 0, OPTION_TEXT, "URL", "of the sandbox (AWS_ENDPOINT_URL)", NULL},    \
	{                                                                                      \
		"state", 0, OPTION_TEXT, "DIR", "the sandbox that keeps its state there", NULL \
	}

static const struct option events_options[] = {
	WHICH_OPTIONS,
	{"since", 0, OPTION_INT, "N", "only events after the N-th", NULL},
	{0},
};
static const struct option clock_options[] = {
	WHICH_OPTIONS,
	{"advance", 0, OPTION_TEXT, "DURATION", "move it forward: 2h, 3 days", NULL},
	{"to", 0, OPTION_TEXT, "TIME", "move it forward to this time (ISO 8601)", NULL},
	{0},
};
static const struct option which_options[] = {WHICH_OPTIONS, {0}};

const struct command command_sandbox_events = {
	.name = "sandbox events",
	.summary = "CloudTrail events of a running sandbox, as JSON lines",
	.options = events_options,
	.run = run_events,
};

const struct command command_sandbox_tail = {
	.name = "sandbox tail",
	.summary = "follow the CloudTrail events of a running sandbox",
	.details = "The last ten events and then each new one: when, in which account, which call, "
		   "who made it, and the error that it ended in. With --output json each is "
		   "CloudTrail's own record.\n",
	.examples = "  rootout sandbox tail\n"
		    "  rootout sandbox tail --output json | jq -r .userIdentity.arn\n",
	.options = which_options,
	.run = run_tail,
};

const struct command command_sandbox_clock = {
	.name = "sandbox clock",
	.summary = "see or move a sandbox's clock",
	.details = "Sessions expire, invitations lapse and accounts close by this clock. It only "
		   "goes forward. Signatures are still compared with the machine's own time.",
	.examples = "  rootout sandbox clock --advance 2h\n      two hours later\n",
	.options = clock_options,
	.run = run_clock,
};

const struct command command_sandbox_reset = {
	.name = "sandbox reset",
	.summary = "back to the state at the sandbox's start",
	.options = which_options,
	.run = run_reset,
};

const struct command command_sandbox_export = {
	.name = "sandbox export",
	.summary = "the whole state of a running sandbox as JSON, without secrets",
	.options = which_options,
	.run = run_export,
};

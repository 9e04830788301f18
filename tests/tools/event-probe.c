/*
 * Lets a test in another language ask what an event is.
 *
 * Reads lines, answers each with one:
 *
 *	SOURCE NAME	"ACTION RULE": RULE is asks, free, unsigned or several
 *			(policy/event-private.h)
 *	{event}		"ACTION RESOURCE", or "-" for what is no request
 */

#include <stdio.h>
#include <stdlib.h>

#include "policy/event-private.h"
#include "text/json.h"

static void answer_event(struct str line, struct arena *a)
{
	struct err err = {0};
	struct val *event;
	struct policy_event e = {.kind = POLICY_EVENT_UNREADABLE};

	if (json_read(line, 0, a, &event, &err))
		policy_event_read(event, a, &e);
	if (e.kind == POLICY_EVENT_REQUEST)
		printf("%.*s %.*s\n", STR_ARG(e.request.action), STR_ARG(e.request.resource));
	else
		printf("-\n");
}

static void answer_names(struct str line, struct arena *a)
{
	static const char *const rules[] = {
		[EVENT_ASKS] = "asks",
		[EVENT_FREE] = "free",
		[EVENT_UNSIGNED] = "unsigned",
		[EVENT_SEVERAL] = "several",
	};
	struct str source, name;
	struct event_action found;

	str_cut(line, ' ', &source, &name);
	found = event_action(source, name, NULL, a);
	printf("%.*s %s\n", STR_ARG(found.whole), rules[found.rule]);
}

int main(void)
{
	struct arena *a = arena_new();
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;

	while ((n = getline(&line, &cap, stdin)) > 0) {
		struct str text = str_trim(str_ofn(line, (size_t)n));

		if (str_startsz(text, "{"))
			answer_event(text, a);
		else
			answer_names(text, a);
		arena_reset(a);
	}
	free(line);
	arena_free(&a);
	return 0;
}

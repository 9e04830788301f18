#include <pthread.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "text/show.h"
#include "text/table.h"

/* Faster than this nobody reads, and terminals over a network lag. */
#define REDRAW_MS 100

struct progress {
	pthread_mutex_t lock;
	FILE *stream;
	bool shown; /* is this a terminal at all? */
	size_t width;
	struct str what;
	struct arena *a; /* of `what` */
	size_t total, done;
	int64_t drawn_ms;
	bool drawn;
	size_t columns; /* that the line on the screen takes */
};

struct progress *progress_new(FILE *stream, const struct term *t, const char *what)
{
	struct progress *p = xcalloc(1, sizeof(*p));

	(void)pthread_mutex_init(&p->lock, NULL);
	p->stream = stream;
	p->shown = t->tty;
	p->width = t->width > 0 ? (size_t)t->width : 0;
	p->a = arena_new();
	p->what = show(p->a, arena_strz(p->a, what));
	return p;
}

/* Blanks over the old line work on every terminal, escape sequences do not. */
static void draw(struct progress *p, struct str line)
{
	struct buf b = BUF_INIT(LIMIT_MESSAGE);
	size_t columns = utf8_width(line);

	(void)buf_addc(&b, '\r');
	(void)buf_adds(&b, line);
	if (p->columns > columns)
		(void)buf_addn(&b, ' ', p->columns - columns);
	if (!line.n)
		(void)buf_addc(&b, '\r');
	p->columns = columns;
	/* one write, so that lines of others do not come between */
	(void)fwrite(b.p, 1, b.n, p->stream);
	(void)fflush(p->stream);
	buf_release(&b);
}

static void redraw(struct progress *p)
{
	int64_t now = clock_mono_ms();
	struct arena *scratch;
	struct str line;

	if (!p->shown || (p->drawn && now - p->drawn_ms < REDRAW_MS))
		return;
	p->drawn = true;
	p->drawn_ms = now;
	scratch = arena_new();
	if (p->total)
		line = arena_printf(scratch, "%.*s  %zu of %zu", STR_ARG(p->what), p->done,
				    p->total);
	else if (p->done)
		line = arena_printf(scratch, "%.*s  %zu", STR_ARG(p->what), p->done);
	else
		line = arena_printf(scratch, "%.*s…", STR_ARG(p->what));
	/* the last column is left free: writing there wraps on some terminals */
	if (p->width)
		line = show_cut(scratch, line, p->width - 1);
	draw(p, line);
	arena_free(&scratch);
}

void progress_total(struct progress *p, size_t total)
{
	if (!p)
		return;
	(void)pthread_mutex_lock(&p->lock);
	p->total = total;
	redraw(p);
	(void)pthread_mutex_unlock(&p->lock);
}

void progress_step(struct progress *p, size_t by)
{
	if (!p)
		return;
	(void)pthread_mutex_lock(&p->lock);
	p->done += by;
	redraw(p);
	(void)pthread_mutex_unlock(&p->lock);
}

void progress_free(struct progress **pp)
{
	struct progress *p = *pp;

	if (!p)
		return;
	*pp = NULL;
	if (p->columns)
		draw(p, STR(""));
	(void)pthread_mutex_destroy(&p->lock);
	arena_free(&p->a);
	free(p);
}

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "text/table.h"

/* A terminal that does not tell its size is taken for the commonest. */
#define USUAL_WIDTH 80

struct term term_of(FILE *stream, const char *mode)
{
	const char *kind = getenv("TERM");
	const char *no_color = getenv("NO_COLOR");
	struct term t = {0};
	struct winsize size = {0};

	t.tty = isatty(fileno(stream));
	if (t.tty) {
		bool known = ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0;

		t.width = known ? size.ws_col : USUAL_WIDTH;
	}
	if (mode && strcmp(mode, "always") == 0)
		t.colour = true;
	else if (mode && strcmp(mode, "never") == 0)
		t.colour = false;
	else /* no-color.org: set and not empty, whatever the value */
		t.colour = t.tty && kind && strcmp(kind, "dumb") != 0 && !(no_color && *no_color);
	return t;
}

const char *term_on(const struct term *t, enum colour c)
{
	static const char *const codes[] = {
		[COLOUR_NONE] = "",          [COLOUR_RED] = "\033[31m",
		[COLOUR_GREEN] = "\033[32m", [COLOUR_YELLOW] = "\033[33m",
		[COLOUR_BLUE] = "\033[34m",  [COLOUR_DIM] = "\033[2m",
		[COLOUR_BOLD] = "\033[1m",
	};

	return t->colour && (size_t)c < ARRAY_SIZE(codes) ? codes[c] : "";
}

const char *term_off(const struct term *t)
{
	return t->colour ? "\033[0m" : "";
}

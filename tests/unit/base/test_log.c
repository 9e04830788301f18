#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/utf8.h"

static char *output;
static size_t output_size;
static FILE *out;

static void begin(enum log_level level, enum log_format format)
{
	log_init(level, format);
	out = open_memstream(&output, &output_size);
	assert_non_null(out);
	log_to(out);
}

/* What was logged since begin(); good until the next begin(). */
static const char *logged(void)
{
	fflush(out);
	return output;
}

static void end(void)
{
	log_to(NULL);
	fclose(out);
	free(output);
}

static void test_text(void **state)
{
	(void)state;
	begin(LOG_DEBUG, LOG_TEXT);
	log_info("serving", LOG_S("address", "127.0.0.1:4566"), LOG_I("accounts", -12));
	log_warn("slow answer");
	log_error("cannot write", LOG_V("path", STR("a b")), LOG_S("empty", ""),
		  LOG_V("absent", STR_NULL));
	log_debug("x", LOG_S("quote", "a\"b\\c"), LOG_S("equals", "a=b"));
	assert_string_equal(logged(),
			    "rootout: serving address=127.0.0.1:4566 accounts=-12\n"
			    "rootout: warning: slow answer\n"
			    "rootout: error: cannot write path=\"a b\" empty=\"\" absent=-\n"
			    "rootout: debug: x quote=\"a\\\"b\\\\c\" equals=\"a=b\"\n");
	end();
}

/* The part of a JSON line behind its time. */
static const char *behind_time(const char *line)
{
	assert_memory_equal(line, "{\"time\":\"", 9);
	assert_int_equal(line[9 + 10], 'T');
	assert_memory_equal(line + 9 + 23, "Z\",", 3);
	return line + 9 + 26;
}

static void test_json(void **state)
{
	(void)state;
	begin(LOG_INFO, LOG_JSON);
	log_info("serving", LOG_S("address", "東京\"\\\n\x01"), LOG_I("n", INT64_MIN),
		 LOG_V("absent", STR_NULL), LOG_S("na\"me", "/"));
	assert_string_equal(behind_time(logged()),
			    "\"level\":\"info\",\"message\":\"serving\","
			    "\"address\":\"東京\\\"\\\\\\n\\u0001\",\"n\":-9223372036854775808,"
			    "\"absent\":null,\"na\\\"me\":\"/\"}\n");
	end();
}

static void test_levels(void **state)
{
	(void)state;
	begin(LOG_WARN, LOG_TEXT);
	assert_true(log_enabled(LOG_ERROR));
	assert_true(log_enabled(LOG_WARN));
	assert_false(log_enabled(LOG_INFO));
	log_info("no");
	log_debug("no");
	log_write(LOG_INFO, "no", NULL, 0);
	log_warn("yes");
	assert_string_equal(logged(), "rootout: warning: yes\n");
	end();
}

static int evaluated;

static int count_me(void)
{
	return ++evaluated;
}

static void test_fields_of_silent_levels_cost_nothing(void **state)
{
	(void)state;
	begin(LOG_INFO, LOG_TEXT);
	log_debug("no", LOG_I("n", count_me()));
	assert_int_equal(evaluated, 0);
	log_info("yes", LOG_I("n", count_me()));
	assert_int_equal(evaluated, 1);
	end();
}

/* A value may come from a stranger: no byte of it may end the line or steer the terminal. */
static void test_one_line_whatever_comes(void **state)
{
	static const enum log_format formats[] = {LOG_TEXT, LOG_JSON};
	char value[2];

	(void)state;
	for (size_t f = 0; f < ARRAY_SIZE(formats); f++) {
		begin(LOG_INFO, formats[f]);
		for (int c = 0; c < 256; c++) {
			value[0] = (char)c;
			value[1] = 'x';
			log_info("m", LOG_V("v", str_ofn(value, 2)));
		}
		log_info("m\nrootout: error: forged",
			 LOG_S("v", "\xe2\x80\xae"
				    "evil"),
			 LOG_S("w", "\xc2\x9b"
				    "31m"));
		logged();
		assert_true(utf8_valid(str_ofn(output, output_size)));
		for (size_t i = 0, lines = 0; i < output_size; i++) {
			unsigned char c = (unsigned char)output[i];

			assert_true(c >= ' ' || c == '\n');
			assert_int_not_equal(c, 0x7f);
			lines += c == '\n';
			if (i == output_size - 1)
				assert_int_equal(lines, 257);
		}
		assert_null(strstr(output, "\xe2\x80\xae"));
		assert_null(strstr(output, "\xc2\x9b"));
		assert_non_null(strstr(output, "m\\nrootout: error: forged"));
		assert_non_null(strstr(output, "\\u202eevil"));
		assert_non_null(strstr(output, "\xef\xbf\xbdx")); /* U+FFFD for 0x80 and up */
		end();
	}
}

static void test_long_values_are_cut(void **state)
{
	static char text[100001];
	const char *line;

	(void)state;
	for (size_t i = 0; i < 99999; i += 3)
		memcpy(text + i, "東", 3);
	text[99999] = '\0';
	begin(LOG_INFO, LOG_JSON);
	log_info(text, LOG_S("a", text), LOG_I("behind", 1));
	line = logged();
	assert_true(utf8_valid(str_of(line)));
	assert_true(strlen(line) < LIMIT_MESSAGE);
	assert_non_null(strstr(line, "東…\",\"a\":\"東"));
	assert_non_null(strstr(line, "東…\",\"behind\":1}\n"));
	end();
}

/* Fields that do not fit are left out whole: the line stays JSON and says so. */
static void test_full_lines(void **state)
{
	static char text[4001];
	static const enum log_format formats[] = {LOG_JSON, LOG_TEXT};

	(void)state;
	memset(text, '\x01', 4000); /* six bytes each when escaped */
	for (size_t f = 0; f < 2; f++) {
		begin(LOG_INFO, formats[f]);
		log_info("m", LOG_S("a", text), LOG_S("b", text), LOG_S("c", text),
			 LOG_S("d", text), LOG_S("e", text), LOG_I("last", 7));
		logged();
		assert_true(output_size <= LIMIT_MESSAGE);
		assert_null(memchr(output, '\n', output_size - 1));
		assert_non_null(strstr(output, f == 0 ? "\"c\":\"\\u0001" : " c=\"\\u0001"));
		assert_null(strstr(output, f == 0 ? "\"d\":" : " d="));
		assert_non_null(
			strstr(output, f == 0 ? "\"last\":7,\"cut\":true}\n" : " last=7 …\n"));
		end();
	}
}

/* Every length of a second field around the ceiling. */
static void test_edge_of_the_line(void **state)
{
	static char text[4096];
	struct log_field fields[6];

	(void)state;
	memset(text, 'x', sizeof(text));
	for (size_t n = 3800; n < 4096; n++) {
		size_t len;

		for (size_t i = 0; i < 4; i++)
			fields[i] = LOG_V("f", str_ofn(text, n));
		begin(LOG_INFO, LOG_JSON);
		log_write(LOG_INFO, "m", fields, 4);
		logged();
		len = output_size;
		assert_true(len <= LIMIT_MESSAGE);
		assert_memory_equal(output + len - 2, "}\n", 2);
		assert_true(strstr(output, "\"cut\":true") != NULL || len > 4 * n);
		end();
	}
}

enum { THREADS = 8, LINES = 500 };

static void *log_many(void *arg)
{
	for (int i = 0; i < LINES; i++)
		log_info("line", LOG_I("thread", (intptr_t)arg), LOG_I("i", i));
	return NULL;
}

static void test_threads_do_not_mix_lines(void **state)
{
	pthread_t threads[THREADS];
	int next[THREADS] = {0}, n = 0;
	char *rest, *line;

	(void)state;
	begin(LOG_INFO, LOG_TEXT);
	for (intptr_t t = 0; t < THREADS; t++)
		assert_int_equal(pthread_create(&threads[t], NULL, log_many, (void *)t), 0);
	for (int t = 0; t < THREADS; t++)
		pthread_join(threads[t], NULL);
	logged();
	for (line = strtok_r(output, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest), n++) {
		int thread, i, used = 0;

		assert_int_equal(sscanf(line, "rootout: line thread=%d i=%d%n", &thread, &i, &used),
				 2);
		assert_int_equal(used, strlen(line));
		assert_in_range(thread, 0, THREADS - 1);
		assert_int_equal(i, next[thread]++);
	}
	assert_int_equal(n, THREADS * LINES);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_fields_of_silent_levels_cost_nothing),
		cmocka_unit_test(test_one_line_whatever_comes),
		cmocka_unit_test(test_long_values_are_cut),
		cmocka_unit_test(test_full_lines),
		cmocka_unit_test(test_edge_of_the_line),
		cmocka_unit_test(test_threads_do_not_mix_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

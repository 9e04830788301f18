/*
 * After a session's end nothing of its keys is left in this program's memory:
 * not in ours, not in curl's buffers, not in the XML reader's.
 *
 * The server is a process of its own, so that its memory is not searched.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/secret.h"
#include "call-test.h"

/* What is searched for; written only in read-only memory and in the server. */
#define SECRET "kU7rootouttestsecretXq9wZ3vN8bM2cL5jH1g"
#define TOKEN "IQoJrootouttesttokenAbCdEfGhIjKlMnOpQrStUvWxYz0123456789"
#define SESSION                                                                           \
	"<AssumeRootResponse><AssumeRootResult><Credentials><AccessKeyId>ASIAEXAMPLE"     \
	"</AccessKeyId><SecretAccessKey>" SECRET "</SecretAccessKey><SessionToken>" TOKEN \
	"</SessionToken><Expiration>2036-01-01T00:00:00Z</Expiration></Credentials>"      \
	"</AssumeRootResult></AssumeRootResponse>"

static const char secret_text[] = SECRET, token_text[] = TOKEN;

struct child {
	pid_t pid;
	int to;
	char url[64];
};

static void serve(int from_parent, int to_parent)
{
	static const struct step steps[] = {{.body = SESSION}, {.body = IDENTITY_BODY}};
	struct fake f;
	char c;

	fake_start(&f, steps, ARRAY_SIZE(steps));
	if (write(to_parent, f.url, sizeof(f.url)) != sizeof(f.url))
		_exit(1);
	while (read(from_parent, &c, 1) > 0)
		;
	fake_stop(&f);
	_exit(0);
}

static void start_child(struct child *c)
{
	int there[2], back[2];

	assert_int_equal(pipe(there), 0);
	assert_int_equal(pipe(back), 0);
	c->pid = fork();
	assert_true(c->pid >= 0);
	if (c->pid == 0) {
		close(there[1]);
		serve(there[0], back[1]);
	}
	close(there[0]);
	close(back[1]);
	assert_int_equal(read(back[0], c->url, sizeof(c->url)), sizeof(c->url));
	close(back[0]);
	c->to = there[1];
}

static void stop_child(struct child *c)
{
	int status;

	close(c->to);
	assert_int_equal(waitpid(c->pid, &status, 0), c->pid);
	assert_int_equal(status, 0);
}

/* Through the kernel: ASan would not let us look at what is freed. */
static size_t count_in(int mem, unsigned long from, unsigned long to, const char *what, size_t n)
{
	static char block[1 << 20];
	size_t found = 0;

	for (unsigned long at = from; at < to; at += sizeof(block) - n) {
		size_t want = to - at < sizeof(block) ? to - at : sizeof(block);
		ssize_t got = pread(mem, block, want, (off_t)at);
		const char *p = block;

		if (got <= 0)
			break;
		while ((p = memmem(p, (size_t)(block + got - p), what, n))) {
			unsigned long where = at + (unsigned long)(p - block);

			/* Not what was read into the block itself. */
			found += where < (unsigned long)block ||
				 where >= (unsigned long)block + sizeof(block);
			p++;
		}
	}
	mem_wipe(block, sizeof(block));
	return found;
}

/* How often `what` stands in memory that can be written. */
static size_t count_in_memory(const char *what)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	int mem = open("/proc/self/mem", O_RDONLY);
	size_t found = 0;
	char line[512];

	assert_non_null(maps);
	assert_true(mem >= 0);
	while (fgets(line, sizeof(line), maps)) {
		unsigned long from, to;
		char mode[8];

		/* ASan's shadow is terabytes, and holds no text. */
		if (sscanf(line, "%lx-%lx %7s", &from, &to, mode) == 3 &&
		    strncmp(mode, "rw", 2) == 0 && to - from < 1UL << 32)
			found += count_in(mem, from, to, what, strlen(what));
	}
	fclose(maps);
	close(mem);
	return found;
}

static struct val *input(struct arena *a)
{
	struct val *in = val_object(a), *policy = val_object(a);

	val_set_z(a, in, "TargetPrincipal", "111122223333");
	val_set_z(a, policy, "arn",
		  "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials");
	val_setz(in, "TaskPolicyArn", policy);
	return in;
}

static void test_nothing_is_left(void **state)
{
	struct aws_settings settings = {.max_attempts = 1};
	struct aws_identity *root = NULL;
	struct arena *a = arena_new();
	struct aws_worker *worker;
	struct child server;
	struct err err = {0};
	struct val *out;
	struct aws *aws;

	(void)state;
	start_child(&server);
	fake_environment();
	settings.endpoint_url = server.url;
	aws = aws_new(&settings, &err);
	worker = aws_worker_new(aws);
	assert_int_equal(count_in_memory(secret_text), 0);
	if (!aws_call_session(worker, aws_default_identity(aws), api_op_of("sts", "AssumeRoot"),
			      input(a), STR("111122223333"), &root, NULL, &err))
		fail_msg("%s", err.message);
	/* The search finds what is there: the one place where they are meant to be. */
	assert_int_equal(count_in_memory(secret_text), 1);
	assert_int_equal(count_in_memory(token_text), 1);
	assert_true(aws_call(worker, root, "sts", "GetCallerIdentity", NULL, a, &out, &err));
	assert_int_equal(count_in_memory(secret_text), 1);
	aws_identity_free(&root);
	assert_int_equal(count_in_memory(secret_text), 0);
	assert_int_equal(count_in_memory(token_text), 0);
	aws_worker_free(&worker);
	aws_free(&aws);
	arena_free(&a);
	stop_child(&server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_is_left),
	};

	return cmocka_run_group_tests_name("call_memory", tests, NULL, NULL);
}

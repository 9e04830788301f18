/*
 * Stands in for libFuzzer where there is none: runs every file of the folder
 * given through the fuzzer's function and reports each as a case (TAP). A file
 * that breaks it ends the program, and the plan then says that cases are missing.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX_BYTES = 16 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int is_file(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void replay(const char *folder, const char *name, int number)
{
	char path[4096];
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *file = fopen(path, "rb");
	uint8_t *room = malloc(FILE_MAX_BYTES);
	if (!file || !room) {
		printf("not ok %d - %s: cannot be read\n", number, name);
		exit(1);
	}
	size_t size = fread(room, 1, FILE_MAX_BYTES, file);
	fclose(file);

	/* Exactly as long as the input, so that ASan sees a read past its end. */
	uint8_t *data = malloc(size ? size : 1);
	if (!data)
		exit(1);
	memcpy(data, room, size);
	free(room);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
	printf("ok %d - %s\n", number, name);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	struct dirent **entries;
	if (argc != 2) {
		fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
		return 2;
	}
	int n = scandir(argv[1], &entries, is_file, alphasort);
	if (n <= 0) {
		fprintf(stderr, "%s: no corpus\n", argv[1]);
		return 2;
	}
	printf("1..%d\n", n);
	fflush(stdout);
	for (int i = 0; i < n; i++) {
		replay(argv[1], entries[i]->d_name, i + 1);
		free(entries[i]);
	}
	free(entries);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /sbin/init of the root that the boot tests reach: says on the console that it was reached, what it
 * sees and what the initramfs left in /run, and powers off.  Static: the root holds nothing else.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void dump(const char *name, const char *path)
{
	char line[16384];
	FILE *f = fopen(path, "re");

	printf("SACT-BEGIN %s\n", name);
	while (f && fgets(line, sizeof line, f))
		fputs(line, stdout);
	if (f)
		fclose(f);
	printf("SACT-END %s\n", name);
}

/* The kernel's log, one record a read, without waiting for more of it. */
static void dump_kernel_log(void)
{
	char record[9216];
	ssize_t n;
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	puts("SACT-BEGIN kmsg");
	while (fd >= 0 && (n = read(fd, record, sizeof record - 1)) > 0) {
		record[n] = '\0';
		record[strcspn(record, "\n")] = '\0';
		puts(record);
	}
	puts("SACT-END kmsg");
	if (fd >= 0)
		close(fd);
}

/*
 * The image is pages of the page cache that no reclaim can drop: what is left of the cache after a
 * drop shows whether they were freed, and whether some program of the image still runs.
 */
static void check_old_root_is_gone(void)
{
	char line[256];
	long kib = -1;
	FILE *f = fopen("/proc/sys/vm/drop_caches", "we");

	while (wait(NULL) > 0) /* init's child frees it beside us */
		;
	sync();
	if (f) {
		fputs("3\n", f);
		fclose(f);
	}
	f = fopen("/proc/meminfo", "re");
	while (f && fgets(line, sizeof line, f))
		if (sscanf(line, "Cached: %ld kB", &kib) == 1)
			break;
	if (f)
		fclose(f);
	printf("SACT-CACHED %ld KiB\n", kib);
	if (kib < 0 || kib > 4096)
		puts("SACT-BAD the memory of the image was not freed");
}

static bool asked_for(const char *word)
{
	char line[4096] = "";
	FILE *f = fopen("/proc/cmdline", "re");
	bool is = f && fgets(line, sizeof line, f) && strstr(line, word);

	if (f)
		fclose(f);
	return is;
}

static bool write_word(const char *path, const char *word)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, word, strlen(word)) == (ssize_t)strlen(word);

	if (!done)
		printf("SACT-BAD %s: %m\n", path);
	if (fd >= 0)
		close(fd);
	return done;
}

/* Memory is the witness: what was written into it before is there after the machine was off. */
static void hibernate(void)
{
	static volatile char witness[64] = "";
	char id[64] = "";
	FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");

	if (f && fgets(id, sizeof id, f))
		id[strcspn(id, "\n")] = '\0';
	if (f)
		fclose(f);
	memcpy((char *)witness, id, sizeof id);
	if (swapon("/dev/vdb", 0) < 0)
		printf("SACT-BAD swapon: %m\n");
	printf("SACT-HIBERNATES boot %s\n", id);
	fflush(stdout);
	if (write_word("/sys/power/disk", "shutdown") && write_word("/sys/power/state", "disk"))
		printf("SACT-RESUMED boot %s\n", (char *)witness);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	struct timespec now;
	FILE *kmsg;

	clock_gettime(CLOCK_BOOTTIME, &now);
	if ((kmsg = fopen("/dev/kmsg", "we"))) {
		fputs("<6>SACT-BOOT-OK: the real init runs\n", kmsg);
		fclose(kmsg);
	}
	/* what a real system would have had from its own init */
	mount("proc", "/proc", "proc", 0, NULL);
	printf("\n%s @%llu\n", strstr(argv[0], "other") ? "SACT-OTHER" : "SACT-BOOT-OK",
	       now.tv_sec * 1000000ull + now.tv_nsec / 1000);
	check_old_root_is_gone();
	if (asked_for("realinit=hibernate"))
		hibernate();
	dump("mdstat", "/proc/mdstat");
	dump("mounts", "/proc/self/mounts");
	dump("partitions", "/proc/partitions");
	dump("fsck", "/run/initramfs/fsck-root");
	dump("journal", "/run/storage-activate/journal");
	dump_kernel_log();
	puts("SACT-DONE");
	fflush(stdout);
	sync();
	reboot(RB_POWER_OFF);
	return 0;
}

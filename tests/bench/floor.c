/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The floor of the boot figures: /init of an image that knows the layout.  Static, it looks at
 * nothing: it does what /steps says, line by line, and starts the real root's init.  What it takes is
 * what the kernel, the disks and the key derivation take.
 *
 *   module PATH                       finit_module
 *   wait NODE                         until /dev/NODE is there
 *   raid1 NODE MINOR MEMBER MEMBER    metadata 1.2
 *   unlock NODE OFFSET KIB PASSES LANES   argon2id, then 64 bytes of key out of the keyslot at OFFSET; the
 *                                     volume key itself is in the table that follows
 *   dm NAME LENGTH TARGET ARGUMENTS   one segment from sector 0
 *   mount NODE
 */
#include <argon2.h>
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <linux/major.h>
#include <linux/raid/md_p.h>
#include <linux/raid/md_u.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static _Noreturn void fail(const char *what)
{
	printf("floor: %s: %m\n", what);
	exit(1);
}

static char *word(char **line)
{
	char *w = strsep(line, " ");

	if (!w)
		fail("a word is missing");
	return w;
}

static const char *node(const char *name)
{
	static char path[64];

	snprintf(path, sizeof path, "/dev/%s", name);
	return path;
}

static void do_module(char *line)
{
	int fd = open(word(&line), O_RDONLY | O_CLOEXEC);

	if (fd < 0 || syscall(SYS_finit_module, fd, "", 0) < 0)
		fail("module");
	close(fd);
}

static void do_wait(char *line)
{
	const char *path = node(word(&line));
	int fd = inotify_init1(IN_CLOEXEC);
	char event[4096];

	if (fd < 0 || inotify_add_watch(fd, "/dev", IN_CREATE) < 0)
		fail("inotify");
	while (access(path, F_OK) < 0)
		if (read(fd, event, sizeof event) < 0)
			fail("inotify");
	close(fd);
}

static void do_raid1(char *line)
{
	mdu_array_info_t array = { .major_version = 1, .minor_version = 2 };
	const char *path = node(word(&line));
	int minor_number = atoi(word(&line)), fd;
	struct stat st;

	if (mknod(path, S_IFBLK | 0600, makedev(MD_MAJOR, minor_number)) < 0 ||
	    (fd = open(path, O_RDWR | O_CLOEXEC)) < 0 || ioctl(fd, SET_ARRAY_INFO, &array) < 0)
		fail(path);
	for (int i = 0; i < 2; i++) {
		const char *member = node(word(&line));
		mdu_disk_info_t disk = { .number = i, .raid_disk = i,
					 .state = 1 << MD_DISK_ACTIVE | 1 << MD_DISK_SYNC };

		if (stat(member, &st) < 0)
			fail(member);
		disk.major = (int)major(st.st_rdev);
		disk.minor = (int)minor(st.st_rdev);
		if (ioctl(fd, ADD_NEW_DISK, &disk) < 0)
			fail(member);
	}
	if (ioctl(fd, RUN_ARRAY, NULL))
		fail("RUN_ARRAY");
	close(fd);
}

#define KEY	64
#define STRIPES 4000
#define SECTOR	512

/* The keyslot's area, aes-xts-plain64, as it is on the disk and as it is. */
static void decrypt(const char *path, off_t offset, const uint8_t *key, uint8_t *area, int size)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int fd = open(path, O_RDONLY | O_CLOEXEC), n;

	if (fd < 0 || pread(fd, area, (size_t)size, offset) != size)
		fail(path);
	close(fd);
	EVP_DecryptInit_ex(ctx, EVP_aes_256_xts(), NULL, NULL, NULL);
	for (int i = 0; i < size / SECTOR; i++) {
		uint8_t iv[16] = { (uint8_t)i, (uint8_t)(i >> 8) };

		EVP_DecryptInit_ex(ctx, NULL, NULL, key, iv);
		EVP_DecryptUpdate(ctx, area + i * SECTOR, &n, area + i * SECTOR, SECTOR);
	}
	EVP_CIPHER_CTX_free(ctx);
}

/* LUKS1's anti-forensic merge: one stripe after another, hashed between. */
static void merge(const uint8_t *area, uint8_t *key)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_MD *sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);

	memset(key, 0, KEY);
	for (int stripe = 0; stripe < STRIPES; stripe++) {
		for (int i = 0; i < KEY; i++)
			key[i] ^= area[stripe * KEY + i];
		for (uint8_t block = 0; block < KEY / 32 && stripe < STRIPES - 1; block++) {
			uint8_t number[4] = { 0, 0, 0, block };

			EVP_DigestInit_ex(ctx, sha256, NULL);
			EVP_DigestUpdate(ctx, number, sizeof number);
			EVP_DigestUpdate(ctx, key + block * 32, 32);
			EVP_DigestFinal_ex(ctx, key + block * 32, NULL);
		}
	}
	EVP_MD_free(sha256);
	EVP_MD_CTX_free(ctx);
}

/* What it takes to unlock, and not what it gives: the salt is another. */
static void do_unlock(char *line)
{
	const char *path = node(word(&line));
	off_t offset = atoll(word(&line));
	uint32_t kib = (uint32_t)atoi(word(&line)), passes = (uint32_t)atoi(word(&line));
	uint32_t lanes = (uint32_t)atoi(word(&line));
	static uint8_t area[KEY * STRIPES];
	uint8_t key[KEY], salt[32] = { 0 };

	if (argon2id_hash_raw(passes, kib, lanes, "key", 3, salt, sizeof salt, key, sizeof key))
		fail("argon2");
	decrypt(path, offset, key, area, sizeof area);
	merge(area, key);
}

static void dm_ioctl(int fd, unsigned long request, struct dm_ioctl *io, size_t size, const char *name)
{
	io->version[0] = DM_VERSION_MAJOR;
	io->data_size = (uint32_t)size;
	io->data_start = sizeof *io;
	snprintf(io->name, sizeof io->name, "%s", name);
	if (ioctl(fd, request, io) < 0)
		fail(name);
}

static void do_dm(char *line)
{
	struct {
		struct dm_ioctl io;
		struct dm_target_spec spec;
		char arguments[1024];
	} load = { .io.target_count = 1 };
	struct dm_ioctl create = { 0 }, resume = { 0 };
	int fd = open("/dev/mapper/control", O_RDWR | O_CLOEXEC);
	const char *name = word(&line);

	if (fd < 0)
		fail("/dev/mapper/control");
	load.spec.length = strtoull(word(&line), NULL, 10);
	snprintf(load.spec.target_type, sizeof load.spec.target_type, "%s", word(&line));
	snprintf(load.arguments, sizeof load.arguments, "%s", line);
	dm_ioctl(fd, DM_DEV_CREATE, &create, sizeof create, name);
	dm_ioctl(fd, DM_TABLE_LOAD, &load.io, sizeof load, name);
	dm_ioctl(fd, DM_DEV_SUSPEND, &resume, sizeof resume, name);
	close(fd);
}

static void do_mount(char *line)
{
	if (mount(node(word(&line)), "/sysroot", "ext4", MS_RDONLY, NULL) < 0)
		fail("mount");
}

static const struct {
	const char *name;
	void (*fn)(char *line);
} steps[] = {
	{ "module", do_module }, { "wait", do_wait }, { "raid1", do_raid1 },
	{ "unlock", do_unlock }, { "dm", do_dm },     { "mount", do_mount },
};

static void do_step(char *line)
{
	char *name = word(&line);

	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
		if (strcmp(steps[i].name, name) == 0)
			return steps[i].fn(line);
	fail(name);
}

int main(int argc, char **argv)
{
	char line[4096];
	FILE *f;

	(void)argc;
	setvbuf(stdout, NULL, _IONBF, 0);
	mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	if (!(f = fopen("/steps", "re")))
		fail("/steps");
	while (fgets(line, sizeof line, f)) {
		line[strcspn(line, "\n")] = '\0';
		do_step(line);
	}
	if (mount("/dev", "/sysroot/dev", NULL, MS_MOVE, NULL) < 0 || chdir("/sysroot") < 0 ||
	    mount(".", "/", NULL, MS_MOVE, NULL) < 0 || chroot(".") < 0)
		fail("the new root");
	execv("/sbin/init", argv);
	fail("/sbin/init");
}

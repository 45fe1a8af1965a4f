#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# host.sh [BUILDDIR]: what needs no guest, on two loop devices.  Skipped where there are none.
build=$(readlink -e "${1:-.}")
cd "${0%/*}" && . ./lib.sh && . ./fs.sh

scratch=$(mktemp -d)
truncate -s 32M "$scratch/one" "$scratch/two"
LOOP1=$(losetup -f --show "$scratch/one" 2>/dev/null) && LOOP2=$(losetup -f --show "$scratch/two" 2>/dev/null)
trap 'umount "$scratch"/m/* 2>/dev/null; losetup -d "$LOOP1" "$LOOP2" 2>/dev/null; rm -rf "$scratch"' EXIT
if [ -z "$LOOP2" ]; then
	echo "1..0 # SKIP no loop devices"
	exit 77
fi

setup()
{
	"$@" >"$scratch/setup.out" 2>&1 </dev/null && return
	echo "Bail out! $*"
	sed 's/^/# /' "$scratch/setup.out"
	exit 1
}

worker_start "$build/tests/worker/drive" "$build/storage-activate-worker"
DISK1=${LOOP1#/dev/} DISK2=${LOOP2#/dev/} M=$scratch/m fs_tests
t "wire: not an action" "raw hello=" error=-74
t "wire: not an effect" "raw report id=7 text=x" id=7 error=-22
t "wire: names stay below /dev" "probe id=8 node=../etc/passwd" id=8 error=-22
t "wire: no such node" "probe id=9 node=nothing" error=-2
t "wire: not a block device" "probe id=10 node=null" error=-15
t "modules: without an index" "modules id=11 text=nosuch" '!error='
t "md: no list of members" "md-assemble id=12 uuid=x members=\"1:2 x\"" error=-22
t "link: dots within a name" "link id=13 node=${LOOP1#/dev/} text=disk/by-label/sact..b" '!error='
ok "link: is there" [ "$(readlink /dev/disk/by-label/sact..b)" = "../../${LOOP1#/dev/}" ]
t "link: goes, its folder too" "link id=14 node=${LOOP1#/dev/} text=disk/by-label/sact..b flag=1" '!error='
ok "link: is gone" [ ! -e /dev/disk/by-label/sact..b ]
t "link: names stay below /dev" "link id=15 node=${LOOP1#/dev/} text=../sact-test" error=-1
t "link: an LV's name is for LVs" "link id=16 node=${LOOP1#/dev/} text=sact-test/a" error=-1
worker_stop
ok "wire: ends when the engine is gone" [ "$STATUS" = 0 ]

# Others are quicker, or a cancel comes, in the middle of an action: the kernel's part is played.
cat >"$scratch/race.c" <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <linux/major.h>
#include <linux/raid/md_u.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

static int made;

static int is(const char *race)
{
	return !strcmp(getenv("RACE"), race);
}

static int fail(int error)
{
	errno = error;
	return -1;
}

static int md(unsigned long request)
{
	FILE *state;

	if (request == ADD_NEW_DISK && is("add"))
		return mkdir("/sys/dev/block/8:16/holders/md127", 0755) ?: fail(EBUSY);
	if (request != RUN_ARRAY)
		return 0;
	state = fopen("/sys/block/md127/md/array_state", "w");
	fputs("clean\n", state);
	fclose(state);
	return is("run") ? fail(EBUSY) : 0;
}

static int dm(unsigned command, struct dm_ioctl *d)
{
	memcpy(d->version, (__u32[]){ 4, 48, 0 }, sizeof d->version);
	if (command == DM_DEV_STATUS_CMD && !made)
		return fail(ENXIO);
	if (command == DM_DEV_CREATE_CMD && !made++ && is("create"))
		return fail(EBUSY);
	if (command == DM_TABLE_LOAD_CMD && is("cancel"))
		raise(SIGTERM);
	d->dev = 252 << 8 | 3;
	strcpy(d->uuid, "LVM-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
	return 0;
}

int ioctl(int fd, unsigned long request, ...)
{
	int (*real)(int, unsigned long, ...) = dlsym(RTLD_NEXT, "ioctl");
	void *arg;
	va_list ap;

	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);
	if (_IOC_TYPE(request) == MD_MAJOR)
		return md(request);
	return _IOC_TYPE(request) == DM_IOCTL ? dm(_IOC_NR(request), arg) : real(fd, request, arg);
}

int open64(const char *path, int flags, ...)
{
	int (*real)(const char *, int, ...) = dlsym(RTLD_NEXT, "open64");
	va_list ap;
	int mode;

	va_start(ap, flags);
	mode = va_arg(ap, int);
	va_end(ap);
	if (!strcmp(path, "/dev/mapper/control") || !strcmp(path, "/dev/md127"))
		path = "/dev/null";
	return real(path, flags, mode);
}

int open(const char *path, int flags, ...) __attribute__((alias("open64")));
END
cat >"$scratch/world" <<'END'
mount -t tmpfs none /dev && mkdir /dev/mapper && mknod /dev/null c 1 3 && mknod /dev/urandom c 1 9 &&
	mknod /dev/mapper/control c 10 236
mount -t tmpfs none /sys && mkdir -p /sys/dev/block/8:0/holders/md127 /sys/dev/block/8:16/holders \
	/sys/block/md127/md && echo inactive >/sys/block/md127/md/array_state && echo 9:127 >/sys/block/md127/dev
mount -t tmpfs none /run && mkdir /run/udev && mkfifo /run/udev/control
sed 's/^Block devices:/&\n252 device-mapper/' /proc/devices >/run/devices && mount --bind /run/devices /proc/devices
unset DM_DISABLE_UDEV # udevd runs, it seems
LD_PRELOAD=$SCRATCH/race.so exec "$WORKER"
END
semaphores()
{
	ipcs -s | grep -c '^0x0d4d'
}

# race KIND NAME ACTION RESULT...
race()
{
	printf '#!/bin/sh\nRACE=%s SCRATCH=%s WORKER=%s exec unshare -m sh %s\n' "$1" "$scratch" \
		"$build/storage-activate-worker" "$scratch/world" >"$scratch/worker"
	worker_start "$build/tests/worker/drive" "$scratch/worker"
	t "${@:2}"
	worker_stop
}

chmod +x "$scratch" && : >"$scratch/worker" && chmod +x "$scratch/worker"
if ${CC:-cc} -shared -fPIC -o "$scratch/race.so" "$scratch/race.c" && unshare -m true; then
	members='members="8:0 0 0\n8:16 1 1"' vg=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
	table="uuid=$vg text=\"device a LVM-$vg$vg rw 0\n0 8 error\""
	race run "md: somebody else runs the array first" "md-assemble id=1 uuid=x $members" node=md127 '!error='
	race add "md: somebody else adds the member first" "md-assemble id=1 uuid=x $members" node=md127 '!error='
	race create "dm: somebody else makes the device first" "dm-activate id=1 $table" '!error='
	before=$(semaphores)
	race cancel "dm: cancelled before udevd is waited for" "dm-activate id=1 udev=1 $table" error=-125
	ok "dm: no semaphore stays behind" [ "$(semaphores)" = "$before" ]
fi
done_testing

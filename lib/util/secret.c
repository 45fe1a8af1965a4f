/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/secret.h"

#include <sys/mman.h>
#include <unistd.h>

struct secret *secret_new(const void *bytes, size_t len)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct secret *s;
	size_t mapped;

	if (len > SIZE_MAX - sizeof *s - page)
		return NULL;
	mapped = (sizeof *s + len + page - 1) / page * page;
	s = mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (s == MAP_FAILED)
		return NULL;
	(void)mlock(s, mapped); /* RLIMIT_MEMLOCK of an unprivileged caller is no reason to fail */
	(void)madvise(s, mapped, MADV_DONTDUMP);
	(void)madvise(s, mapped, MADV_DONTFORK);
	s->len = len;
	s->mapped = mapped;
	if (bytes)
		memcpy(s->bytes, bytes, len);
	return s;
}

struct secret *secret_free(struct secret *s)
{
	if (s) {
		size_t mapped = s->mapped;

		explicit_bzero(s, mapped);
		(void)munmap(s, mapped);
	}
	return NULL;
}

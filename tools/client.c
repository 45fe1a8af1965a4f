/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The other end of the control socket: connects, asks, reads framed replies. */
#include "tools.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define REPLY_MAX (UINT64_C(256) << 20)

int client_connect(const char *run_dir, int *ret)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int dir_fd = open_run_dir(run_dir, false), fd, r = 0;

	if (dir_fd < 0)
		return dir_fd;
	snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/control", dir_fd);
	if ((fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) < 0 ||
	    connect(fd, (struct sockaddr *)&address, sizeof address) < 0)
		r = errno == ECONNREFUSED ? -ENOENT : -errno; /* refused: left behind by one that died */
	close(dir_fd);
	if (r == 0)
		*ret = fd;
	else if (fd >= 0)
		close(fd);
	return r;
}

static int send_all(int fd, const void *bytes, size_t len)
{
	const char *at = bytes;

	while (len) {
		ssize_t n = send(fd, at, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		at += n;
		len -= n;
	}
	return 0;
}

static int receive_all(int fd, char *bytes, size_t len)
{
	while (len) {
		ssize_t n = recv(fd, bytes, len, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == ECONNRESET ? -ENODATA : -errno;
		if (n == 0)
			return -ENODATA;
		bytes += n;
		len -= n;
	}
	return 0;
}

static int receive_line(int fd, char *line, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		int r = receive_all(fd, &line[i], 1);

		if (r < 0)
			return r;
		if (line[i] == '\n') {
			line[i] = '\0';
			return 0;
		}
	}
	return -EPROTO;
}

int client_reply(int fd, char **ret, size_t *ret_len)
{
	char line[256], *text;
	unsigned long len;
	int error, r = receive_line(fd, line, sizeof line);

	if (r < 0)
		return r;
	if (sscanf(line, "ERR %d", &error) == 1)
		return error > 0 && error < 4096 ? -error : -EPROTO;
	if (sscanf(line, "OK %lu", &len) != 1 || len > REPLY_MAX)
		return -EPROTO;
	if (!(text = malloc(len + 1)))
		return -ENOMEM;
	if ((r = receive_all(fd, text, len)) < 0) {
		free(text);
		return r;
	}
	text[len] = '\0';
	*ret = text;
	*ret_len = len;
	return 0;
}

int client_call(int fd, const char *line, const struct locked *body, char **ret, size_t *ret_len)
{
	_cleanup_free_ char *head = NULL;
	int n = asprintf(&head, "%s\n", line), r;

	if (n < 0)
		return -ENOMEM;
	if ((r = send_all(fd, head, n)) < 0 || (body && (r = send_all(fd, body->bytes, body->len)) < 0))
		return r;
	return client_reply(fd, ret, ret_len);
}

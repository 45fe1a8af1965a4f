/* SPDX-License-Identifier: GPL-2.0-or-later */
/* status, explain, answer: talk to a running process, or read what one has left. */
#include "tools.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int print(const char *text)
{
	_cleanup_free_ char *clean = printable(text);
	size_t len = strlen(text);

	if (!clean) {
		say_error(MSG_ENGINE, "", "%s", strerror(ENOMEM));
		return EXIT_FAILED;
	}
	fputs(clean, stdout);
	if (len && text[len - 1] != '\n')
		putchar('\n');
	if (fflush(stdout) == 0)
		return EXIT_DONE;
	say_error(MSG_FILE, "standard output", "%s", strerror(errno));
	return EXIT_FAILED;
}

static int not_running(const struct options *o, int error)
{
	if (error == -ENOENT)
		say_error(MSG_NOT_RUNNING, o->run_dir, "no storage-activate runs there");
	else
		say_error(MSG_NOT_RUNNING, o->run_dir, "cannot be reached: %s", strerror(-error));
	return EXIT_FAILED;
}

/* ---- without a running process ---- */

/* The status that the last run has left. */
static int show_saved(const struct options *o, const char *name)
{
	_cleanup_free_ char *text = NULL;
	char path[64];
	int dir_fd = open_run_dir(o->run_dir, false), error;

	if (dir_fd < 0)
		return not_running(o, dir_fd);
	snprintf(path, sizeof path, "/proc/self/fd/%d/%s", dir_fd, name);
	error = read_file(path, &text, NULL);
	close(dir_fd);
	return error < 0 ? not_running(o, error) : print(text);
}

/* ---- with one ---- */

static int show_live(int fd, const char *request)
{
	_cleanup_free_ char *text = NULL;
	size_t len;
	int error = client_call(fd, request, NULL, &text, &len);

	if (error >= 0)
		return print(text);
	if (error == -ENOENT)
		say_error(MSG_NOT_RUNNING, "", "there is no such goal");
	else
		say_error(MSG_NOT_RUNNING, "", "no reply: %s", strerror(-error));
	return EXIT_FAILED;
}

/* Until the other end has nothing more to say. */
static int follow(int fd)
{
	char *text = NULL;
	size_t len;
	int error = client_call(fd, "follow", NULL, &text, &len), status = EXIT_DONE;

	while (error >= 0 && status == EXIT_DONE) {
		status = print(text);
		free(text);
		text = NULL;
		if (status == EXIT_DONE)
			error = client_reply(fd, &text, &len);
	}
	free(text);
	if (error < 0 && error != -ENODATA) {
		say_error(MSG_NOT_RUNNING, "", "no reply: %s", strerror(-error));
		return EXIT_FAILED;
	}
	return status;
}

int cmd_status(const struct options *o, int argc, char **argv)
{
	int fd, error, status;

	if (argc)
		return usage_error("status: '%s' is one argument too many", argv[0]);
	error = client_connect(o->run_dir, &fd);
	if (error == -ENOENT && !o->follow)
		return show_saved(o, o->json ? "status.json" : "status.text");
	if (error < 0)
		return not_running(o, error);
	status = o->follow ? follow(fd) : show_live(fd, o->json ? "status-json" : "status-text");
	close(fd);
	return status;
}

int cmd_explain(const struct options *o, int argc, char **argv)
{
	_cleanup_free_ char *request = NULL;
	int fd, error, status;

	if (argc > 1)
		return usage_error("explain: one GOAL at most");
	if (argc && (!*argv[0] || strchr(argv[0], '\n') || strlen(argv[0]) > 900))
		return usage_error("explain: that is no goal");
	error = client_connect(o->run_dir, &fd);
	if (error == -ENOENT && !argc)
		return show_saved(o, "status.text"); /* what was missing at the end is in it */
	if (error < 0)
		return not_running(o, error);
	if (asprintf(&request, argc ? "explain %s" : "explain%s", argc ? argv[0] : "") < 0)
		status = EXIT_FAILED;
	else
		status = show_live(fd, request);
	close(fd);
	return status;
}

/* ---- answer ---- */

/*
 * Looks into the list of questions, which is our own JSON: [{"id":"HEX","prompt":"..."},...].  Without
 * an id the first one is meant; the prompt is for the person at the terminal.
 */
static int choose_question(const char *json, const char *wanted, char ret_id[17], char **ret_prompt)
{
	static const char before[] = "{\"id\":\"", between[] = "\",\"prompt\":\"";

	for (const char *at = json; (at = strstr(at, before)); at++) {
		const char *id = at + strlen(before), *prompt = id + 16 + strlen(between), *end = prompt;

		if (strlen(id) < 16 + strlen(between) || strncmp(id + 16, between, strlen(between)) != 0)
			return -EPROTO;
		while (*end && *end != '"')
			end += *end == '\\' && end[1] ? 2 : 1;
		if (wanted && (strlen(wanted) != 16 || strncasecmp(wanted, id, 16) != 0))
			continue;
		memcpy(ret_id, id, 16);
		ret_id[16] = '\0';
		*ret_prompt = strndup(prompt, end - prompt);
		return *ret_prompt ? 0 : -ENOMEM;
	}
	return -ESTALE;
}

static int send_answer(int fd, const char *wanted, const char *questions, struct locked *line)
{
	_cleanup_free_ char *prompt = NULL;
	_cleanup_free_ char *request = NULL;
	_cleanup_free_ char *reply = NULL;
	size_t len;
	char id[17];
	int error;

	if ((error = choose_question(questions, wanted, id, &prompt)) < 0 ||
	    (error = ask_line(STDIN_FILENO, prompt, line)) < 0)
		return error;
	if (asprintf(&request, "answer %s %zu", id, line->len) < 0)
		return -ENOMEM;
	return client_call(fd, request, line, &reply, &len);
}

static int answer(const struct options *o, int fd, const char *wanted)
{
	_cleanup_free_ char *questions = NULL;
	struct locked line;
	size_t len;
	int error = client_call(fd, "questions", NULL, &questions, &len);

	if (error >= 0 && o->list)
		return print(questions);
	if (error >= 0 && (error = locked_init(&line, ANSWER_MAX + 1)) >= 0) {
		error = send_answer(fd, wanted, questions, &line);
		locked_free(&line);
	}
	if (error >= 0)
		return EXIT_DONE;
	if (error == -ESTALE)
		say_error(MSG_ANSWER, wanted ? wanted : "", "no such question stands (any more)");
	else if (error == -ENODATA)
		say_error(MSG_ANSWER, "", "there was no answer, or the other end has gone");
	else
		say_error(MSG_ANSWER, "", "the answer was not taken: %s", strerror(-error));
	return EXIT_FAILED;
}

int cmd_answer(const struct options *o, int argc, char **argv)
{
	int fd, error, status;

	if (argc > 1 || (argc && o->list))
		return usage_error("answer: one ID at most");
	error = client_connect(o->run_dir, &fd);
	if (error < 0)
		return not_running(o, error);
	no_core_dumps();
	status = answer(o, fd, argc ? argv[0] : NULL);
	close(fd);
	return status;
}

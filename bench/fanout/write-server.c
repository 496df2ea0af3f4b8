/*
 * The limit of the fan-out benchmark: writes one finished frame to every socket, and does nothing else.
 *
 *   write-server PAYLOAD_FILE CLIENTS
 *
 * Prints `listening PORT`; then for each line on standard input: `tick` writes the frame to all, `usage` prints
 * `usage CPU_US RSS_KB`.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static void die(const char *what) {
  perror(what);
  exit(1);
}

int main(int argc, char **argv) {
  int clients = atoi(argv[2]);
  (void)argc;
  struct rlimit limit = {clients + 64, clients + 64};
  setrlimit(RLIMIT_NOFILE, &limit);
  FILE *file = fopen(argv[1], "rb");
  if (file == NULL) die(argv[1]);
  static unsigned char frame[1 << 22];
  size_t size = fread(frame + 10, 1, sizeof frame - 10, file);
  fclose(file);
  size_t start = size < 126 ? 8 : size < 65536 ? 6 : 0;
  frame[start] = 0x81;
  if (size < 126) frame[start + 1] = size;
  else if (size < 65536) {
    frame[start + 1] = 126;
    frame[start + 2] = size >> 8;
    frame[start + 3] = size & 255;
  } else {
    frame[start + 1] = 127;
    for (int i = 0; i < 8; i++) frame[start + 2 + i] = (unsigned char)((unsigned long long)size >> (56 - 8 * i));
  }
  size_t total = 10 - start + size;

  int listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET};
  inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  if (bind(listener, (void *)&address, sizeof address) < 0 || listen(listener, 512) < 0) die("listen");
  socklen_t length = sizeof address;
  getsockname(listener, (void *)&address, &length);
  printf("listening %d\n", ntohs(address.sin_port));
  fflush(stdout);

  int *fds = calloc(clients, sizeof *fds);
  char request[4096];
  const char *answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
  for (int i = 0; i < clients; i++) {
    fds[i] = accept(listener, NULL, NULL);
    if (fds[i] < 0) die("accept");
    int one = 1;
    setsockopt(fds[i], IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (read(fds[i], request, sizeof request) <= 0) die("read");
    if (write(fds[i], answer, strlen(answer)) < 0) die("write");
  }
  char line[64];
  int is_greeted = 0;
  while (fgets(line, sizeof line, stdin) != NULL) {
    if (strncmp(line, "collect", 7) == 0) {
      printf("collected\n");
      fflush(stdout);
      continue;
    }
    if (strncmp(line, "usage", 5) == 0) {
      struct rusage usage;
      getrusage(RUSAGE_SELF, &usage);
      long long us = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000LL + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
      printf("usage %lld 0\n", us);
      fflush(stdout);
      continue;
    }
    /* What the clients have said is read, as every server does. */
    for (int i = 0; i < clients && !is_greeted; i++) {
      if (recv(fds[i], request, sizeof request, MSG_DONTWAIT) < 0 && errno != EAGAIN) die("recv");
    }
    is_greeted = 1;
    for (int i = 0; i < clients; i++) {
      size_t at = 0;
      while (at < total) {
        ssize_t wrote = write(fds[i], frame + start + at, total - at);
        if (wrote < 0) die("write");
        at += wrote;
      }
    }
  }
  return 0;
}

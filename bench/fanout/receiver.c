/*
 * The clients of the fan-out benchmark: opens many WebSocket connections, subscribes each, reads and counts frames, answers pings.
 * One epoll loop that looks at frame headers only, so that it is cheaper than any server it measures.
 *
 *   receiver PORT CLIENTS HELLO_TEXT PATH SKIP [deflate]
 *
 * SKIP data frames of each client come before those that count (greetings); with `deflate` the clients offer permessage-deflate.
 * Prints `ready` when all are subscribed, then a line `tick SPREAD_NS` each time every client has one more data frame, with the time
 * from the first client that had it whole to the last.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct client {
  int fd;
  int open;           /* the upgrade was answered */
  uint64_t skip;      /* payload bytes of the current frame still to come */
  int is_data;        /* the current frame counts */
  int to_skip;        /* data frames that still come before those that count */
  int have;           /* header bytes gathered */
  unsigned char head[14];
  int ping_left;      /* payload bytes of a ping still to gather */
  int ping_have;
  unsigned char ping[128];
};

static int64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void die(const char *what) {
  perror(what);
  exit(1);
}

/* A client frame masked with zeros: the payload stays as it is. */
static void send_frame(int fd, int opcode, const void *payload, size_t length) {
  unsigned char frame[1024];
  size_t at = 0;
  frame[at++] = 0x80 | opcode;
  if (length < 126) frame[at++] = 0x80 | length;
  else {
    frame[at++] = 0x80 | 126;
    frame[at++] = length >> 8;
    frame[at++] = length & 255;
  }
  memset(frame + at, 0, 4);
  at += 4;
  memcpy(frame + at, payload, length);
  if (write(fd, frame, at + length) < 0 && errno != EAGAIN) die("write");
}

static int64_t frames, first_at;
static int clients;

static void counted(struct client *c) {
  if (c->to_skip > 0) {
    c->to_skip--;
    return;
  }
  if (frames % clients == 0) first_at = now_ns();
  if (++frames % clients == 0) {
    printf("tick %lld\n", (long long)(now_ns() - first_at));
    fflush(stdout);
  }
}

static void read_frames(struct client *c, const unsigned char *data, size_t size) {
  size_t at = 0;
  while (at < size) {
    if (c->skip > 0) {
      uint64_t take = c->skip < size - at ? c->skip : size - at;
      c->skip -= take;
      at += take;
      if (c->skip == 0 && c->is_data) counted(c);
      continue;
    }
    if (c->ping_left > 0) {
      c->ping[c->ping_have++] = data[at++];
      if (--c->ping_left == 0) send_frame(c->fd, 0xA, c->ping, c->ping_have);
      continue;
    }
    c->head[c->have++] = data[at++];
    if (c->have < 2) continue;
    int need = (c->head[1] & 127) == 126 ? 4 : (c->head[1] & 127) == 127 ? 10 : 2;
    if (c->have < need) continue;
    uint64_t length = c->head[1] & 127;
    if (need == 4) length = c->head[2] << 8 | c->head[3];
    if (need == 10) {
      length = 0;
      for (int i = 2; i < 10; i++) length = length << 8 | c->head[i];
    }
    int opcode = c->head[0] & 15;
    c->have = 0;
    if (opcode == 9) {
      c->ping_left = length;
      c->ping_have = 0;
      if (length == 0) send_frame(c->fd, 0xA, "", 0);
    } else {
      c->is_data = opcode <= 2;
      c->skip = length;
      if (length == 0 && c->is_data) counted(c);
    }
  }
}

int main(int argc, char **argv) {
  int port = atoi(argv[1]);
  clients = atoi(argv[2]);
  const char *subscribe = argv[3];
  const char *path = argv[4];
  int skip = atoi(argv[5]);
  const char *extensions = argc > 6 && strcmp(argv[6], "deflate") == 0 ? "Sec-WebSocket-Extensions: permessage-deflate\r\n" : "";
  struct rlimit limit = {clients + 64, clients + 64};
  setrlimit(RLIMIT_NOFILE, &limit);
  int poll = epoll_create1(0);
  struct client *all = calloc(clients, sizeof *all);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  char request[512];
  int request_size = snprintf(request, sizeof request,
      "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n", path, extensions);
  static unsigned char buffer[1 << 18];
  for (int i = 0; i < clients; i++) {
    struct client *c = &all[i];
    c->to_skip = skip;
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (c->fd < 0) die("socket");
    if (connect(c->fd, (void *)&address, sizeof address) < 0) die("connect");
    int one = 1;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (write(c->fd, request, request_size) != request_size) die("write");
    size_t have = 0;
    for (;;) {
      ssize_t got = read(c->fd, buffer + have, sizeof buffer - have - 1);
      if (got <= 0) die("upgrade");
      have += got;
      buffer[have] = 0;
      unsigned char *end = (unsigned char *)strstr((char *)buffer, "\r\n\r\n");
      if (end == NULL) continue;
      if (strncmp((char *)buffer, "HTTP/1.1 101", 12) != 0) {
        fprintf(stderr, "refused: %s\n", buffer);
        return 1;
      }
      read_frames(c, end + 4, buffer + have - end - 4);
      break;
    }
    if (subscribe[0] != 0) send_frame(c->fd, 1, subscribe, strlen(subscribe));
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    epoll_ctl(poll, EPOLL_CTL_ADD, c->fd, &event);
  }
  printf("ready\n");
  fflush(stdout);
  struct epoll_event events[256];
  for (;;) {
    int n = epoll_wait(poll, events, 256, -1);
    for (int i = 0; i < n; i++) {
      struct client *c = events[i].data.ptr;
      ssize_t got = recv(c->fd, buffer, sizeof buffer, MSG_DONTWAIT);
      if (got < 0 && errno == EAGAIN) continue;
      if (got <= 0) return 0;
      read_frames(c, buffer, got);
    }
  }
}

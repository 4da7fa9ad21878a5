/* SPDX-License-Identifier: GPL-3.0-or-later
 * Stands for a component of the lab that cannot run here (kubelet, kube-proxy, dockerd, containerd): a process of that name which says its
 * version and answers HTTP from files. Named by argv[0]; "--version" prints /run/lab/version; otherwise the arguments are
 * kept as they are (they show in ps) and the ports listed in /run/lab/NAME.ports are served on 127.0.0.1 (one with a
 * star before it on every address):
 * GET /x/y on port P answers /run/lab/http/P/x_y (first line: status), 404 when there is no such file. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void answer(int client, int port)
{
    char request[2048];
    const ssize_t got = read(client, request, sizeof request - 1);
    if (got <= 0)
        return;
    request[got] = 0;
    char path[256] = "";
    sscanf(request, "GET /%255[^ ?\r\n]", path);
    for (char* c = path; *c; ++c)
        if (*c == '/' || *c == '.')
            *c = '_';
    char file[600];
    snprintf(file, sizeof file, "/run/lab/http/%d/%s", port, path);
    FILE* f = fopen(file, "r");
    char status[64] = "404 Not Found";
    static char body[4 << 20];
    size_t length = 0;
    if (f) {
        if (fgets(status, sizeof status, f))
            status[strcspn(status, "\r\n")] = 0;
        length = fread(body, 1, sizeof body, f);
        fclose(f);
    } else {
        length = (size_t)sprintf(body, "404 page not found\n");
    }
    char head[256];
    const int n = snprintf(head, sizeof head, "HTTP/1.1 %s\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n", status, length);
    if (write(client, head, (size_t)n) != n || write(client, body, length) != (ssize_t)length)
        return;
}

int main(int argc, char** argv)
{
    const char* slash = strrchr(argv[0], '/');
    const char* name = slash ? slash + 1 : argv[0];
    signal(SIGPIPE, SIG_IGN);
    if (argc > 1 && strcmp(argv[1], "--version") == 0) {
        if (strcmp(name, "dockerd") == 0)
            return puts("Docker version 19.03.15, build 99e3ed8919") < 0;
        if (strcmp(name, "containerd") == 0)
            return puts("containerd github.com/containerd/containerd 1.3.9 ea765aba0d05254012b0b9e595e995c09186427f") < 0;
        FILE* f = fopen("/run/lab/version", "r");
        char line[128] = "v1.20.2";
        if (f && fgets(line, sizeof line, f))
            line[strcspn(line, "\n")] = 0;
        printf("Kubernetes %s\n", line);
        return 0;
    }
    char portsFile[128];
    snprintf(portsFile, sizeof portsFile, "/run/lab/%s.ports", name);
    struct pollfd sockets[8];
    int ports[8], count = 0, port;
    FILE* f = fopen(portsFile, "r");
    char word[16];
    while (f && count < 8 && fscanf(f, "%15s", word) == 1) {
        const int everywhere = word[0] == '*';
        port = atoi(word + everywhere);
        const int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
        setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
        struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port), .sin_addr = {htonl(everywhere ? INADDR_ANY : INADDR_LOOPBACK)}};
        if (bind(s, (struct sockaddr*)&a, sizeof a) != 0 || listen(s, 64) != 0) {
            perror("bind");
            return 1;
        }
        sockets[count] = (struct pollfd) {.fd = s, .events = POLLIN};
        ports[count++] = port;
    }
    for (;;) {
        if (poll(sockets, (nfds_t)count, -1) < 0)
            continue;
        for (int i = 0; i < count; ++i)
            if (sockets[i].revents & POLLIN) {
                const int client = accept(sockets[i].fd, NULL, NULL);
                if (client >= 0) {
                    answer(client, ports[i]);
                    shutdown(client, SHUT_RDWR);
                    close(client);
                }
            }
    }
}

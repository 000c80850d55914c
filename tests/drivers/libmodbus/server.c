/* A Modbus server made of libmodbus, and ways to spoil what it says.
 *
 *   server tcp|rtu WHERE HOW [EVERY]
 *
 * WHERE is a serial port; for tcp it is the address to listen on, at a free port, which is
 * printed. Every register holds its own address, bit n is set where n is odd. HOW is one of the
 * words below; one request of EVERY (1: all) is spoilt by it, the others are answered as libmodbus
 * does. Which ones is the same in every run, and has no period: with one, tries and settling
 * questions fall into step with it, and what is spoilt is always the same block.
 *
 * libmodbus writes its answer into one end of a socket pair; what comes out at the other end is
 * mangled and passed on, so that frames and check sums are its own.
 */
#include <errno.h>
#include <modbus/modbus.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { UNIT = 1, ADDRESSES = 65536, FRAME_MAX = 512, LATE_US = 350000, PIECE_US = 3000 };

static const char *how;
static int every = 1;
static int number; /* of the request */
static bool over_tcp;

static bool is(const char *word) { return strcmp(how, word) == 0; }

/* Knuth's multiplicative hash of the request's number. */
static bool spoils(void) { return ((uint32_t)number * 2654435761u >> 16) % every == 0; }

/* Changes the question, so that libmodbus itself frames a wrong answer. */
static void spoil_question(uint8_t *query) {
    int function = over_tcp ? 7 : 1;
    if (is("wrong-function")) query[function] = ((query[function] - 1) ^ 1) + 1; /* the other table */
    if (is("wrong-unit")) query[function - 1] = 2;
    if (is("short")) query[function + 4] -= 1;
    if (is("other-address")) query[function + 1] += 1;
    if (is("wrong-transaction") && over_tcp) query[0] ^= 0x55;
    if (is("constant-transaction") && over_tcp) query[0] = query[1] = 0;
}

static void pass_on(int peer, uint8_t *answer, ssize_t size) {
    static const uint8_t garbage[] = {0x00, 0xFF, 0x55, 0x01, 0x03, 0xC8, 0x17};
    if (is("bad-crc")) answer[size - 1] ^= 0xFF;
    if (is("garbage-before") && write(peer, garbage, sizeof garbage) < 0) return;
    if (is("split")) {
        for (ssize_t n = 0; n < size; n++) {
            if (write(peer, answer + n, 1) != 1) return;
            usleep(PIECE_US);
        }
        return;
    }
    if (is("cut")) size -= 3;
    if (write(peer, answer, size) < 0) return;
    if (is("garbage-after") && write(peer, garbage, sizeof garbage) < 0) return;
    if (is("twice") && write(peer, answer, size) < 0) return;
}

static void reply(modbus_t *context, int peer, uint8_t *query, int size, modbus_mapping_t *mapping) {
    int pair[2];
    uint8_t answer[FRAME_MAX];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0) exit(2);
    modbus_set_socket(context, pair[0]);
    if (spoils()) spoil_question(query);
    modbus_reply(context, query, size, mapping);
    modbus_set_socket(context, peer);
    close(pair[0]);
    ssize_t got = read(pair[1], answer, sizeof answer);
    close(pair[1]);
    if (got <= 0) return;
    if (spoils()) pass_on(peer, answer, got);
    else if (write(peer, answer, got) < 0) return;
}

/* Answers one peer until it is gone. */
static void serve(modbus_t *context, int peer, modbus_mapping_t *mapping) {
    uint8_t query[MODBUS_TCP_MAX_ADU_LENGTH];
    bool mute = false;
    for (;;) {
        int size = modbus_receive(context, query);
        if (size < 0 && !over_tcp && errno != EIO) continue; /* a broken frame, or nobody yet */
        if (size < 0) return;
        if (size == 0 || mute) continue;
        number++;
        if (is("never") && spoils()) continue;
        if (is("late") && spoils()) usleep(LATE_US);
        if (is("drop") && spoils()) return;
        reply(context, peer, query, size, mapping);
        if (is("hang-up") && spoils()) return;
        if (is("half-close") && spoils()) {
            shutdown(peer, SHUT_WR);
            mute = true;
        }
    }
}

static modbus_mapping_t *own_addresses(void) {
    modbus_mapping_t *mapping = modbus_mapping_new(ADDRESSES, ADDRESSES, ADDRESSES, ADDRESSES);
    if (mapping == NULL) exit(2);
    for (int n = 0; n < ADDRESSES; n++) {
        mapping->tab_registers[n] = mapping->tab_input_registers[n] = n;
        mapping->tab_bits[n] = mapping->tab_input_bits[n] = n & 1;
    }
    return mapping;
}

static void serve_tcp(const char *address, modbus_mapping_t *mapping) {
    struct sockaddr_in here;
    socklen_t length = sizeof here;
    modbus_t *context = modbus_new_tcp(address, 0);
    int listener = context == NULL ? -1 : modbus_tcp_listen(context, 4);
    if (listener < 0 || getsockname(listener, (struct sockaddr *)&here, &length) != 0) exit(2);
    printf("%d\n", ntohs(here.sin_port));
    fflush(stdout);
    for (;;) {
        int peer = modbus_tcp_accept(context, &listener);
        if (peer < 0) exit(2);
        serve(context, peer, mapping);
        modbus_set_socket(context, -1);
        close(peer);
    }
}

static void serve_rtu(const char *port, modbus_mapping_t *mapping) {
    modbus_t *context = modbus_new_rtu(port, 115200, 'N', 8, 1);
    if (context == NULL || modbus_set_slave(context, UNIT) != 0 || modbus_connect(context) != 0) exit(2);
    printf("0\n");
    fflush(stdout);
    serve(context, modbus_get_socket(context), mapping);
}

int main(int count, char **words) {
    if (count < 4) return 2;
    over_tcp = strcmp(words[1], "tcp") == 0;
    how = words[3];
    if (count > 4) every = atoi(words[4]);
    signal(SIGPIPE, SIG_IGN);
    modbus_mapping_t *mapping = own_addresses();
    if (over_tcp) serve_tcp(words[2], mapping);
    else serve_rtu(words[2], mapping);
    return 0;
}

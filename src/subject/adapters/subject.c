/* A subject of convproof in C99: a transposed convolution by scattering, of any rank up to 8.
 *
 *     convproof adapter c > subject.c
 *     cc -std=c99 -O2 subject.c -o subject
 *     convproof verify --subject ./subject
 *
 * A line of JSON asks, a line of JSON answers, arrays are .npy files. Put a call of your own kernel
 * into `scatter`. Results only; float32 and float64; no dialect, so the layouts are NCS, IoS, NCS.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RANK = 8, LINE = 1 << 16 };

typedef struct {
    int axes, wide; /* wide: 8 bytes for each element, not 4 */
    long shape[RANK + 2], cells;
    double *values;
} array;

/* The text behind "key": in a line as convproof writes it; keys are looked for from `from` on. */
static const char *find(const char *from, const char *key) {
    char quoted[40];
    sprintf(quoted, "\"%s\":", key);
    const char *at = from ? strstr(from, quoted) : NULL;
    return at ? at + strlen(quoted) : NULL;
}

/* A list of numbers, or one number; how many there are. */
static int numbers(const char *from, const char *key, long *into) {
    const char *at = find(from, key);
    int count = 0;
    if (!at) return 0;
    if (*at != '[') return into[0] = strtol(at, NULL, 10), 1;
    while (*at != ']' && at[1] != ']' && count < RANK) {
        char *end;
        into[count++] = strtol(at + 1, &end, 10);
        at = end;
    }
    return count;
}

/* A text without its quotes; 0 if there is none. */
static int text(const char *from, const char *key, char *into, size_t room) {
    const char *at = find(from, key);
    size_t n = 0;
    if (!at || *at++ != '"') return 0;
    for (; *at && *at != '"' && n + 1 < room; at++) {
        if (*at == '\\') at++;
        into[n++] = *at;
    }
    into[n] = 0;
    return 1;
}

static int little_endian(void) {
    const unsigned one = 1;
    return *(const unsigned char *)&one == 1;
}

/* Reads a .npy file of version 1: magic, version, length of the header, header, elements. */
static const char *read_npy(const char *path, array *a) {
    unsigned char head[10];
    char *header = NULL, *at;
    const char *wrong = "an array cannot be read";
    FILE *file = fopen(path, "rb");
    memset(a, 0, sizeof *a);
    if (!file) return wrong;
    if (fread(head, 1, 10, file) != 10 || memcmp(head, "\x93NUMPY\x01", 7) != 0) goto done;
    size_t length = head[8] + 256u * head[9];
    header = calloc(length + 1, 1);
    if (!header || fread(header, 1, length, file) != length) goto done;
    wrong = "only float32 and float64, in C order";
    a->wide = strstr(header, "'<f8'") != NULL;
    if ((!a->wide && !strstr(header, "'<f4'")) || !strstr(header, "'fortran_order': False")) goto done;
    wrong = "too many axes";
    at = strstr(header, "'shape': (");
    if (!at) goto done;
    at += 10;
    for (a->cells = 1; *at != ')' && *at; at += strspn(at, ", ")) {
        if (a->axes == RANK + 2) goto done;
        a->shape[a->axes] = strtol(at, &at, 10);
        a->cells *= a->shape[a->axes++];
    }
    wrong = "an array is shorter than it says";
    a->values = calloc((size_t)a->cells + 1, sizeof(double));
    for (long n = 0; a->values && n < a->cells; n++) {
        float narrow;
        size_t read = a->wide ? fread(&a->values[n], 8, 1, file) : fread(&narrow, 4, 1, file);
        if (read != 1) goto done;
        if (!a->wide) a->values[n] = narrow;
    }
    wrong = a->values ? NULL : "no memory";
done:
    free(header);
    fclose(file);
    return wrong;
}

static const char *write_npy(const char *path, const array *a) {
    char header[512], shape[256] = "";
    int failed = 0;
    FILE *file = fopen(path, "wb");
    if (!file) return "the result cannot be written";
    for (int n = 0; n < a->axes; n++) sprintf(shape + strlen(shape), "%ld,", a->shape[n]);
    sprintf(header, "{'descr': '<f%d', 'fortran_order': False, 'shape': (%s), }", a->wide ? 8 : 4, shape);
    size_t length = strlen(header), padded = (length + 11 + 63) / 64 * 64 - 10;
    memset(header + length, ' ', padded - length - 1);
    header[padded - 1] = '\n';
    fprintf(file, "\x93NUMPY%c%c%c%c", 1, 0, (int)(padded % 256), (int)(padded / 256));
    fwrite(header, 1, padded, file);
    for (long n = 0; n < a->cells; n++) {
        float narrow = (float)a->values[n];
        failed |= (a->wide ? fwrite(&a->values[n], 8, 1, file) : fwrite(&narrow, 4, 1, file)) != 1;
    }
    return fclose(file) || failed ? "the result cannot be written" : NULL;
}

/* y[n, co, s*i + d*t - p] += x[n, ci, i] * w[ci, co, t], inside each group. */
static void scatter(const array *x, const array *w, array *y, const long *stride, const long *dilation,
                    const long *pad_begin, long groups) {
    long per_in = x->shape[1] / groups, per_out = w->shape[1], positions = 1, taps = 1, places = 1;
    int rank = x->axes - 2;
    for (int n = 0; n < rank; n++) {
        positions *= x->shape[n + 2];
        taps *= w->shape[n + 2];
        places *= y->shape[n + 2];
    }
    for (long i = 0; i < positions; i++)
        for (long t = 0; t < taps; t++) {
            long o = 0, each = 1, rest_i = i, rest_t = t;
            int inside = 1;
            for (int n = rank - 1; n >= 0; n--) {
                long at = stride[n] * (rest_i % x->shape[n + 2]) + dilation[n] * (rest_t % w->shape[n + 2]) - pad_begin[n];
                inside &= at >= 0 && at < y->shape[n + 2];
                o += each * at;
                each *= y->shape[n + 2];
                rest_i /= x->shape[n + 2];
                rest_t /= w->shape[n + 2];
            }
            for (long b = 0; inside && b < x->shape[0]; b++)
                for (long ci = 0; ci < x->shape[1]; ci++)
                    for (long co = 0; co < per_out; co++) {
                        long to = ci / per_in * per_out + co;
                        y->values[(b * y->shape[1] + to) * places + o] +=
                            x->values[(b * x->shape[1] + ci) * positions + i] * w->values[(ci * per_out + co) * taps + t];
                    }
        }
}

/* Computes and writes; why not, if not. */
static const char *answer(const char *line, array *x, array *w, array *b, array *y) {
    char word[4096];
    long stride[RANK], dilation[RANK], pad_begin[RANK], input[RANK], output[RANK], kernel[RANK], groups, outs;
    const char *geometry = find(line, "geometry"), *wrong;
    if (!text(line, "op", word, sizeof word) || strcmp(word, "tconv")) return "transposed convolutions only";
    if (!text(line, "role", word, sizeof word) || strcmp(word, "forward")) return "results only, no gradients";
    if (text(line, "dialect", word, sizeof word)) return "no dialect";
    int rank = numbers(geometry, "output", output);
    if (numbers(geometry, "size", input) != rank || numbers(geometry, "stride", stride) != rank ||
        numbers(geometry, "dilation", dilation) != rank ||
        numbers(geometry, "pad_begin", pad_begin) != rank || numbers(geometry, "kernel", kernel) != rank ||
        numbers(geometry, "groups", &groups) != 1 || numbers(geometry, "out_channels", &outs) != 1)
        return "a geometry of more axes";
    if (!text(line, "x", word, sizeof word)) return "no x";
    if ((wrong = read_npy(word, x))) return wrong;
    if (!text(line, "w", word, sizeof word)) return "no w";
    if ((wrong = read_npy(word, w))) return wrong;
    if (text(line, "b", word, sizeof word) && (wrong = read_npy(word, b))) return wrong;
    if (x->axes != rank + 2 || w->axes != rank + 2 || x->shape[1] != w->shape[0] || x->wide != w->wide)
        return "x and w do not fit";
    if (x->shape[1] % groups || w->shape[1] * groups != outs || (b->values && b->cells != outs))
        return "the channels do not fit";
    *y = *x;
    y->shape[1] = y->cells = outs;
    for (int n = 0; n < rank; n++) {
        if (x->shape[n + 2] != input[n] || w->shape[n + 2] != kernel[n]) return "x or w does not fit";
        y->cells *= y->shape[n + 2] = output[n];
    }
    long places = outs ? y->cells / outs : 0;
    y->cells *= y->shape[0];
    y->values = calloc((size_t)y->cells + 1, sizeof(double));
    if (!y->values) return "no memory";
    for (long n = 0; b->values && n < y->cells; n++) y->values[n] = b->values[n / places % outs];
    scatter(x, w, y, stride, dilation, pad_begin, groups);
    if (!text(line, "y", word, sizeof word)) return "no y";
    return write_npy(word, y);
}

int main(void) {
    static char line[LINE];
    if (!little_endian()) return 1;
    while (fgets(line, sizeof line, stdin)) {
        array x = {0}, w = {0}, b = {0}, y = {0};
        long id = 0;
        numbers(line, "id", &id);
        const char *wrong = answer(line, &x, &w, &b, &y);
        if (wrong)
            printf("{\"id\":%ld,\"ok\":false,\"refused\":true,\"error\":\"%s\"}\n", id, wrong);
        else
            printf("{\"id\":%ld,\"ok\":true}\n", id);
        fflush(stdout);
        free(x.values), free(w.values), free(b.values);
        if (y.values != x.values) free(y.values);
    }
    return 0;
}

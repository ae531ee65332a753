/* Signing, verifying and hashing by OpenSSL's gost-engine, and RSA by OpenSSL: one figure a line, name and number.
 *
 * Built and run by `cargo xtask bench gost`; the argument is how many milliseconds each figure may take.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/engine.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double milliseconds;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return 1e3 * (double)time.tv_sec + 1e-6 * (double)time.tv_nsec;
}

static void must(int done, const char *what) {
    if (done != 1) {
        fprintf(stderr, "%s\n", what);
        ERR_print_errors_fp(stderr);
        exit(1);
    }
}

/* Repeats `body` for the given time and prints how often it ran a second in the best tenth of it, times `unit`. */
#define MEASURE(name, unit, body)                              \
    do {                                                       \
        double start = now(), best = 0;                        \
        do {                                                   \
            double tenth = now(), passed;                      \
            long count = 0;                                    \
            do {                                               \
                body;                                          \
                count++;                                       \
            } while ((passed = now() - tenth) < milliseconds / 10); \
            if ((double)count / passed > best)                 \
                best = (double)count / passed;                 \
        } while (now() - start < milliseconds);                \
        printf("%s\t%.3f\n", name, (unit) * 1e3 * best);       \
        fflush(stdout);                                        \
    } while (0)

static EVP_PKEY *gost_key(const char *algorithm, const char *paramset) {
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_id(OBJ_txt2nid(algorithm), NULL);
    must(context != NULL, algorithm);
    must(EVP_PKEY_keygen_init(context), "keygen_init");
    must(EVP_PKEY_CTX_ctrl_str(context, "paramset", paramset), paramset);
    must(EVP_PKEY_keygen(context, &key), "keygen");
    EVP_PKEY_CTX_free(context);
    return key;
}

static EVP_PKEY *rsa_key(void) {
    EVP_PKEY *key = EVP_RSA_gen(2048);
    must(key != NULL, "RSA key");
    return key;
}

static void measure_key(const char *name, EVP_PKEY *key, size_t digest_length, const EVP_MD *digest_name) {
    unsigned char digest[64], signature[512];
    size_t length = sizeof signature;
    char line[64];
    memset(digest, 7, sizeof digest);

    EVP_PKEY_CTX *signer = EVP_PKEY_CTX_new(key, NULL);
    must(signer != NULL, "context");
    must(EVP_PKEY_sign_init(signer), "sign_init");
    if (digest_name)
        must(EVP_PKEY_CTX_set_signature_md(signer, digest_name), "digest");
    must(EVP_PKEY_sign(signer, signature, &length, digest, digest_length), "sign");
    snprintf(line, sizeof line, "%s sign", name);
    MEASURE(line, 1, {
        length = sizeof signature;
        must(EVP_PKEY_sign(signer, signature, &length, digest, digest_length), "sign");
    });

    EVP_PKEY_CTX *verifier = EVP_PKEY_CTX_new(key, NULL);
    must(verifier != NULL, "context");
    must(EVP_PKEY_verify_init(verifier), "verify_init");
    if (digest_name)
        must(EVP_PKEY_CTX_set_signature_md(verifier, digest_name), "digest");
    snprintf(line, sizeof line, "%s verify", name);
    MEASURE(line, 1, must(EVP_PKEY_verify(verifier, signature, length, digest, digest_length), "verify"));

    EVP_PKEY_CTX_free(signer);
    EVP_PKEY_CTX_free(verifier);
    EVP_PKEY_free(key);
}

/* Megabytes (10^6 bytes) a second over 64 MiB; the time limit counts whole runs. */
static void measure_hash(const char *name, const char *algorithm) {
    const size_t length = (size_t)64 << 20;
    unsigned char *message = malloc(length), digest[64];
    const EVP_MD *hash = EVP_get_digestbyname(algorithm);
    must(message != NULL && hash != NULL, algorithm);
    memset(message, 0x5a, length);
    MEASURE(name, (double)length / 1e6, must(EVP_Digest(message, length, digest, NULL, hash, NULL), algorithm));
    free(message);
}

int main(int count, char **arguments) {
    milliseconds = count > 1 ? atof(arguments[1]) : 1000;
    ENGINE_load_builtin_engines();
    ENGINE *engine = ENGINE_by_id("gost");
    must(engine != NULL, "OpenSSL has no gost engine (Debian: libengine-gost-openssl)");
    must(ENGINE_init(engine), "the gost engine does not start");
    must(ENGINE_set_default(engine, ENGINE_METHOD_ALL), "the gost engine does not register");

    measure_key("512-A", gost_key("gost2012_512", "A"), 64, NULL);
    measure_key("256-A", gost_key("gost2012_256", "TCA"), 32, NULL);
    measure_key("2004-A", gost_key("gost2012_256", "A"), 32, NULL);
    measure_key("CryptoPro-B", gost_key("gost2012_256", "B"), 32, NULL);
    measure_key("CryptoPro-C", gost_key("gost2012_256", "C"), 32, NULL);
    measure_key("RSA-2048", rsa_key(), 32, EVP_sha256());
    measure_hash("Streebog-512", "md_gost12_512");
    measure_hash("Streebog-256", "md_gost12_256");
    measure_hash("34.311-95", "md_gost94");
    return 0;
}

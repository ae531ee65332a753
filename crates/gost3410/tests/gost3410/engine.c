/* Signs and verifies with OpenSSL's gost-engine, as many times as asked in one process.
 *
 * Input: records of a letter, a length of two bytes (big-endian) and that many bytes.
 *   k  private key (PKCS #8), used from here on
 *   p  public key (SubjectPublicKeyInfo), used from here on
 *   d  digest, used from here on
 *   s  sign: gives a length of two bytes and the signature
 *   v  verify this signature: gives one byte, 1 where it holds and 0 where it does not
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/engine.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>

static void must(int done, const char *what) {
    if (done != 1) {
        fprintf(stderr, "%s\n", what);
        ERR_print_errors_fp(stderr);
        exit(1);
    }
}

static EVP_PKEY_CTX *context(EVP_PKEY *key, const char *what) {
    must(key != NULL, what);
    EVP_PKEY_CTX *made = EVP_PKEY_CTX_new(key, NULL);
    must(made != NULL, what);
    EVP_PKEY_free(key);
    return made;
}

int main(void) {
    static unsigned char data[65536], digest[65536], signature[65536];
    size_t digest_length = 0;
    EVP_PKEY_CTX *signer = NULL, *verifier = NULL;
    int letter;

    ENGINE_load_builtin_engines();
    ENGINE *engine = ENGINE_by_id("gost");
    must(engine != NULL && ENGINE_init(engine) && ENGINE_set_default(engine, ENGINE_METHOD_ALL), "no gost engine");

    while ((letter = getchar()) != EOF) {
        size_t length = (size_t)getchar() << 8;
        length |= (size_t)getchar();
        must(fread(data, 1, length, stdin) == length, "a record is cut short");
        const unsigned char *start = data;
        switch (letter) {
        case 'k':
            EVP_PKEY_CTX_free(signer);
            signer = context(d2i_AutoPrivateKey(NULL, &start, (long)length), "private key");
            must(EVP_PKEY_sign_init(signer), "sign_init");
            break;
        case 'p':
            EVP_PKEY_CTX_free(verifier);
            verifier = context(d2i_PUBKEY(NULL, &start, (long)length), "public key");
            must(EVP_PKEY_verify_init(verifier), "verify_init");
            break;
        case 'd':
            for (size_t i = 0; i < length; i++)
                digest[i] = data[i];
            digest_length = length;
            break;
        case 's':
            length = sizeof signature;
            must(EVP_PKEY_sign(signer, signature, &length, digest, digest_length), "sign");
            putchar((int)(length >> 8));
            putchar((int)(length & 0xff));
            fwrite(signature, 1, length, stdout);
            break;
        case 'v':
            putchar(EVP_PKEY_verify(verifier, data, length, digest, digest_length) == 1);
            ERR_clear_error();
            break;
        default:
            must(0, "unknown record");
        }
    }
    return 0;
}

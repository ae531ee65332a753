import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Locale;
import org.bouncycastle.asn1.cryptopro.ECGOST3410NamedCurves;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.GOST3411Digest;
import org.bouncycastle.crypto.digests.GOST3411_2012_256Digest;
import org.bouncycastle.crypto.digests.GOST3411_2012_512Digest;
import org.bouncycastle.crypto.engines.GOST28147Engine;
import org.bouncycastle.crypto.generators.ECKeyPairGenerator;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECKeyGenerationParameters;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.crypto.signers.ECGOST3410_2012Signer;

/**
 * Signing, verifying and hashing by Bouncy Castle: one figure a line, name and number.
 *
 * Run by `cargo xtask bench gost`; the argument is how many milliseconds each figure may take.
 */
public class Baseline {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static long milliseconds = 1000;

    public static void main(String[] arguments) {
        if (arguments.length > 0) {
            milliseconds = Long.parseLong(arguments[0]);
        }
        curve("512-A", "Tc26-Gost-3410-12-512-paramSetA", 64);
        curve("256-A", "Tc26-Gost-3410-12-256-paramSetA", 32);
        curve("2004-A", "GostR3410-2001-CryptoPro-A", 32);
        curve("CryptoPro-B", "GostR3410-2001-CryptoPro-B", 32);
        curve("CryptoPro-C", "GostR3410-2001-CryptoPro-C", 32);
        hash("Streebog-512", new GOST3411_2012_512Digest());
        hash("Streebog-256", new GOST3411_2012_256Digest());
        hash("34.311-95", new GOST3411Digest(GOST28147Engine.getSBox("D-Test")));
    }

    private static void curve(String name, String parameters, int length) {
        X9ECParameters x9 = ECGOST3410NamedCurves.getByNameX9(parameters);
        ECDomainParameters domain = new ECDomainParameters(x9.getCurve(), x9.getG(), x9.getN(), x9.getH());
        ECKeyPairGenerator generator = new ECKeyPairGenerator();
        generator.init(new ECKeyGenerationParameters(domain, RANDOM));
        AsymmetricCipherKeyPair pair = generator.generateKeyPair();
        byte[] digest = new byte[length];
        Arrays.fill(digest, (byte) 7);

        ECGOST3410_2012Signer signer = new ECGOST3410_2012Signer();
        signer.init(true, new ParametersWithRandom(pair.getPrivate(), RANDOM));
        BigInteger[] signature = signer.generateSignature(digest);
        measure(name + " sign", 1, () -> signer.generateSignature(digest));

        ECGOST3410_2012Signer verifier = new ECGOST3410_2012Signer();
        verifier.init(false, pair.getPublic());
        measure(name + " verify", 1, () -> {
            if (!verifier.verifySignature(digest, signature[0], signature[1])) {
                throw new IllegalStateException(name);
            }
        });
    }

    private static void hash(String name, Digest digest) {
        byte[] message = new byte[4 << 20];
        byte[] output = new byte[digest.getDigestSize()];
        measure(name, message.length / 1e6, () -> {
            digest.update(message, 0, message.length);
            digest.doFinal(output, 0);
        });
    }

    /**
     * Runs the work for the time given, then measures the best tenth of it once more: the first runs are those of the
     * interpreter.
     */
    private static void measure(String name, double unit, Runnable work) {
        perSecond(work);
        System.out.printf(Locale.ROOT, "%s\t%.3f%n", name, unit * perSecond(work));
    }

    private static double perSecond(Runnable work) {
        long start = System.nanoTime();
        double best = 0;
        do {
            long tenth = System.nanoTime();
            long count = 0;
            long passed;
            do {
                work.run();
                count++;
                passed = System.nanoTime() - tenth;
            } while (passed < 100_000 * milliseconds);
            best = Math.max(best, 1e9 * count / passed);
        } while (System.nanoTime() - start < 1_000_000 * milliseconds);
        return best;
    }
}

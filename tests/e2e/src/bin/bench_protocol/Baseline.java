// What the agent does to a document of 90 MiB, done by Bouncy Castle: base64 decoded, an attached CMS made, base64 encoded;
// and 1000 detached CMS over 2 KB. No socket, no JSON, no window. One figure a line; the best of three.
import java.math.BigInteger;
import java.nio.file.*;
import java.security.*;
import java.security.cert.X509Certificate;
import java.util.*;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.*;
import org.bouncycastle.cms.*;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.jcajce.*;
import java.security.spec.ECGenParameterSpec;

public class Baseline {
    public static void main(String[] arguments) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        byte[] content = new byte[90 << 20];
        Arrays.fill(content, (byte) 0xa5);
        byte[] base64 = Base64.getEncoder().encode(content);
        content = null;
        KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA", "BC");
        rsa.initialize(2048);
        measure("RSA", rsa.generateKeyPair(), "SHA256withRSA", base64);
        KeyPairGenerator gost = KeyPairGenerator.getInstance("ECGOST3410-2012", "BC");
        gost.initialize(new ECGenParameterSpec("Tc26-Gost-3410-12-512-paramSetA"));
        measure("GOST 512", gost.generateKeyPair(), "GOST3411-2012-512WITHECGOST3410-2012-512", base64);
    }

    static void measure(String name, KeyPair pair, String algorithm, byte[] base64) throws Exception {
        ContentSigner signer = new JcaContentSignerBuilder(algorithm).setProvider("BC").build(pair.getPrivate());
        X500Name subject = new X500Name("CN=bench");
        Date now = new Date();
        X509Certificate certificate = new JcaX509CertificateConverter().setProvider("BC").getCertificate(
            new JcaX509v3CertificateBuilder(subject, BigInteger.ONE, now, new Date(now.getTime() + 86400000L), subject,
                pair.getPublic()).build(signer));
        CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
        generator.addSignerInfoGenerator(new JcaSignerInfoGeneratorBuilder(
            new JcaDigestCalculatorProviderBuilder().setProvider("BC").build()).build(signer, certificate));
        generator.addCertificate(new JcaX509CertificateHolder(certificate));
        double best = Double.MAX_VALUE;
        for (int round = 0; round < 3; round++) {
            long started = System.nanoTime();
            byte[] content = Base64.getDecoder().decode(base64);
            byte[] cms = generator.generate(new CMSProcessableByteArray(content), true).getEncoded();
            byte[] reply = Base64.getEncoder().encode(cms);
            best = Math.min(best, (System.nanoTime() - started) / 1e9);
            if (reply.length < base64.length) throw new IllegalStateException();
        }
        System.out.printf(Locale.ROOT, "Bouncy Castle: 90 MiB attached, %s, without a socket, %.2f s%n", name, best);
        byte[] small = new byte[2048];
        double thousand = Double.MAX_VALUE;
        for (int round = 0; round < 3; round++) {
            long started = System.nanoTime();
            for (int index = 0; index < 1000; index++) generator.generate(new CMSProcessableByteArray(small), false).getEncoded();
            thousand = Math.min(thousand, (System.nanoTime() - started) / 1e9);
        }
        System.out.printf(Locale.ROOT, "Bouncy Castle: 1000 x 2 KB, CMS, %s, %.2f s%n", name, thousand);
        for (String line : Files.readAllLines(Path.of("/proc/self/status")))
            if (line.startsWith("VmHWM")) System.out.printf(Locale.ROOT, "Bouncy Castle: peak memory so far, %.1f x document%n",
                Double.parseDouble(line.replaceAll("\\D", "")) / 1024 / 90);
    }
}

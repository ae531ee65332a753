import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.*;
import org.bouncycastle.crypto.engines.GOST28147Engine;
import org.bouncycastle.tsp.TimeStampToken;

import java.nio.file.*;
import java.util.*;

/** java TimestampJudge MESSAGE [validate]: reads the time stamp of each signature as Bouncy Castle does (which looks for
 *  the signing certificate's attribute too), compares the imprint with the signature's octets, writes the token to
 *  MESSAGE.token, and with `validate` checks the token's own RSA signature. Prints the time; fails on anything wrong. */
public class TimestampJudge {
    static Digest digest(String oid) {
        switch (oid) {
            case "1.2.398.3.10.1.3.3": return new GOST3411_2012_512Digest();
            case "1.2.398.3.10.1.3.2": return new GOST3411_2012_256Digest();
            case "1.2.398.3.10.1.3.1": return new GOST3411Digest(GOST28147Engine.getSBox("D-TEST"));
            case "2.16.840.1.101.3.4.2.1": return new SHA256Digest();
            default: throw new IllegalArgumentException("digest " + oid);
        }
    }

    public static void main(String[] args) throws Exception {
        CMSSignedData message = new CMSSignedData(Files.readAllBytes(Paths.get(args[0])));
        for (SignerInformation signer : message.getSignerInfos()) {
            Attribute attribute = signer.getUnsignedAttributes().get(PKCSObjectIdentifiers.id_aa_signatureTimeStampToken);
            if (attribute.getAttrValues().size() != 1) throw new IllegalStateException("not one token");
            ContentInfo content = ContentInfo.getInstance(attribute.getAttrValues().getObjectAt(0));
            TimeStampToken token = new TimeStampToken(content);
            Digest digest = digest(token.getTimeStampInfo().getMessageImprintAlgOID().getId());
            byte[] signature = signer.getSignature(), imprint = new byte[digest.getDigestSize()];
            digest.update(signature, 0, signature.length);
            digest.doFinal(imprint, 0);
            if (!Arrays.equals(imprint, token.getTimeStampInfo().getMessageImprintDigest())) throw new IllegalStateException("imprint");
            if (args.length > 1) {
                Collection<X509CertificateHolder> found = token.getCertificates().getMatches(token.getSID());
                token.validate(new JcaSimpleSignerInfoVerifierBuilder().build(found.iterator().next()));
            }
            Files.write(Paths.get(args[0] + ".token"), content.getEncoded());
            System.out.println("OK " + token.getTimeStampInfo().getGenTime().getTime() / 1000);
        }
    }
}

import type { Words } from '../../locales'
import { revealed } from '../../lib/reveal'
import type { Caution } from '../../messages/Caution'
import type { CertificateStatus } from '../../messages/CertificateStatus'
import type { DocumentName } from '../../messages/DocumentName'
import type { DocumentView } from '../../messages/DocumentView'
import type { KeyProblem } from '../../messages/KeyProblem'
import type { RequestView } from '../../messages/RequestView'
import type { SiteView } from '../../messages/SiteView'
import { date } from '../../lib/format'

/** What the page asks for. */
export function verb(words: Words, view: RequestView): string {
  if (view.verb === 'chooseFile') return words.verb.chooseFile(view.file?.kind === 'folder')
  return view.verb === 'sign' ? words.verb.sign(view.documents.length) : words.verb[view.verb]
}

/** The same, on the button. */
export function act(words: Words, view: RequestView): string {
  return view.verb === 'sign' ? words.act.sign(view.documents.length) : words.act[view.verb]
}

/** Who asks, in one line. */
export function caller(words: Words, site: SiteView): string {
  if (site.caller === 'pageWithoutAddress') return words.site.withoutAddress
  if (site.caller === 'program') return words.site.program
  return revealed(site.host)
}

/** A document by the name of its file, else by what it is. */
export function title(words: Words, document: DocumentView): string {
  return document.fileName === null ? documentName(words, document.name) : revealed(document.fileName)
}

/** What a document is. */
export function documentName(words: Words, name: DocumentName): string {
  const names = words.documents.names
  if (name.kind === 'xml') return names.xml(revealed(name.root))
  if (name.kind === 'file') return names.file(revealed(name.format))
  return names[name.kind]
}

/** Why a key cannot be used. */
export function problem(words: Words, why: KeyProblem): string {
  switch (why.kind) {
    case 'tooManyTries':
      return words.problem.tooManyTries(why.waitSeconds)
    case 'expired':
      return words.problem.expired(date(why.at))
    case 'revoked':
      return words.problem.revoked(date(why.at), why.reason ? words.status.revokedFor[why.reason] : '')
    case 'notYetValid':
      return words.problem.notYetValid(date(why.from))
    case 'wrongPin':
      return words.problem.wrongPin(why.triesLeft)
    case 'pinLength':
      return words.problem.pinLength(why.min, why.max)
    case 'tokenFault':
      return words.problem.tokenFault(revealed(why.code))
    default:
      return words.problem[why.kind]
  }
}

/** What speaks against a key that may be used all the same. */
export function caution(words: Words, what: Caution): string {
  return what.kind === 'expired' ? words.caution.expired(date(what.at)) : words.caution.unknownIssuer
}

/** Whether a certificate is revoked, in a few words; empty when nobody asked or the issuer is not known. */
export function status(words: Words, what: CertificateStatus): string {
  switch (what.kind) {
    case 'notChecked':
      return ''
    case 'checking':
      return words.status.checking
    case 'good':
      return words.status.good
    case 'revoked':
      return words.status.revoked(date(what.at))
    case 'unknown':
      return what.why === 'noIssuer' ? '' : words.status.unknownShort
  }
}

// Imported for what it does: the messages of an open account become known. The shell brings them with it.
import * as en from './en/rest';
import * as fr from './fr/rest';
import { known } from './known';

Object.assign(known.en, en);
Object.assign(known.fr, fr);

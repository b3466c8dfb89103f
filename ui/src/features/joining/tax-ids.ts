import type { MessageKey } from '$/messages/catalogue';
import type { Words } from '$/state/words.svelte';

/**
 * The kinds of tax ID of each country, as billing addresses name them on the wire (protocol.md §5.5, `taxId.code`; the
 * names are those of the payment provider's public list). The usual one of a business stands first.
 */
const kinds =
  'ad_nrt ae_trn al_tin am_tin ao_tin ar_cuit au_abn au_arn aw_tin az_tin ba_tin bb_tin bd_bin bf_ifu bg_uic bh_vat bj_ifu bo_tin br_cnpj br_cpf bs_tin by_tin ca_bn ca_gst_hst ca_pst_bc ca_pst_mb ca_pst_sk ca_qst cd_nif ch_vat ch_uid cl_tin cm_niu cn_tin co_nit cr_tin cv_nif de_stn do_rcn ec_ruc eg_tin es_cif et_tin gb_vat ge_vat gn_nif hk_br hr_oib hu_tin id_npwp il_vat in_gst is_vat jp_cn jp_rn jp_trn ke_pin kg_tin kh_tin kr_brn kz_bin la_tin li_vat li_uid ma_vat md_vat me_pib mk_vat mr_nif mx_rfc my_sst my_frp my_itn ng_tin no_vat no_voec np_pan nz_gst om_vat pe_ruc ph_tin ro_tin rs_pib ru_inn ru_kpp sa_vat sg_uen sg_gst si_tin sn_ninea sr_fin sv_nit th_vat tj_tin tr_tin tw_vat tz_vat ua_vat ug_tin us_ein uy_ruc uz_tin uz_vat ve_rif vn_tin za_vat zm_tin zw_tin'.split(
    ' ',
  );
/** Where a business has a VAT number of the European Union. */
const union = 'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MC MT NL PL PT RO SE SI SK'.split(' ');

/** The kinds of tax ID that a country has; none where no kind is known. */
export function taxIdKinds(country: string): string[] {
  const own = kinds.filter((kind) => kind.startsWith(`${country.toLowerCase()}_`));
  return union.includes(country) ? ['eu_vat', ...own] : own;
}

/** The same as the list of them is read: by their names in the person's language. */
export function namedTaxIdKinds(country: string, words: Words): { value: string; label: string }[] {
  return taxIdKinds(country)
    .map((kind) => ({ value: kind, label: taxIdKindName(kind, words) }))
    .sort((one, other) => one.label.localeCompare(other.label, words.language));
}

/** Kinds that have a name of their own in each language; the others keep their official letters. */
const named: Record<string, MessageKey> = {
  eu_vat: 'joining.taxUnionVat',
  ch_uid: 'joining.taxSwissUid',
  ca_bn: 'joining.taxCanadaBn',
  ca_gst_hst: 'joining.taxCanadaGst',
  ca_qst: 'joining.taxCanadaQst',
};
const shared: Record<string, MessageKey> = { vat: 'joining.taxVat', tin: 'joining.taxTin' };

/** `EU VAT` for `eu_vat`, in the person's language. */
export function taxIdKindName(kind: string, { t }: Words): string {
  const [country = '', ...letters] = kind.toUpperCase().split('_');
  const key = named[kind] ?? shared[letters.join('_').toLowerCase()];
  if (key) return t(key, { country });
  if (country === 'CA' && letters[0] === 'PST') return t('joining.taxCanadaPst', { province: letters[1] ?? '' });
  return t('joining.taxOther', { country, letters: letters.join(' ') });
}

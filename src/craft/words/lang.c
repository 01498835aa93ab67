#include "base/check.h"
#include "craft/words/words.h"

static const char *const codes[LANG_COUNT] = {[LANG_EN] = "en", [LANG_JA] = "ja"};

const char *lang_code(enum lang lang)
{
	CHECK((unsigned)lang < LANG_COUNT);
	return codes[lang];
}

bool lang_parse(str code, enum lang *ret)
{
	for (unsigned i = 0; i < LANG_COUNT; i++)
		if (str_eq_nocase(code, str_of(codes[i]))) {
			*ret = (enum lang)i;
			return true;
		}
	return false;
}

/* "0.8" → 800, RFC 9110 12.4.2: at most three decimals. -1 when it is not a weight. */
static int weight_parse(str text)
{
	int weight, unit = 100;

	if (text.len == 0 || (text.ptr[0] != '0' && text.ptr[0] != '1'))
		return -1;
	weight = (text.ptr[0] - '0') * 1000;
	if (text.len == 1)
		return weight;
	if (text.ptr[1] != '.' || text.len > 5)
		return -1;
	for (size_t i = 2; i < text.len; i++, unit /= 10) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return -1;
		weight += (text.ptr[i] - '0') * unit;
	}
	return weight <= 1000 ? weight : -1;
}

/* Splits "ja-JP;q=0.8" into the primary subtag and its weight. An ill-formed weight makes the range count for nothing.
 */
static int range_weight(str range, str *ret_primary)
{
	str rest = range, tag = STR_NONE, param;
	int weight = 1000;

	str_next(&rest, ';', &tag);
	tag = str_trim(tag);
	while (str_next(&rest, ';', &param)) {
		param = str_trim(param);
		if (str_starts_nocase(param, STR("q=")))
			weight = weight_parse(str_from(param, 2));
	}
	str_next(&tag, '-', ret_primary);
	return weight;
}

enum lang lang_negotiate(str accept_language)
{
	enum lang best = LANG_EN, lang;
	int best_weight = 0;
	str rest = accept_language, range, primary = STR_NONE;

	while (rest.ptr && str_next(&rest, ',', &range)) {
		int weight = range_weight(range, &primary);

		if (str_eq(primary, STR("*")))
			lang = LANG_EN;
		else if (!lang_parse(primary, &lang))
			continue;
		if (weight > best_weight) {
			best = lang;
			best_weight = weight;
		}
	}
	return best;
}

enum lang lang_from_locale(str locale)
{
	enum lang lang;
	size_t len = 0;

	while (len < locale.len && locale.ptr[len] != '_' && locale.ptr[len] != '.' && locale.ptr[len] != '@')
		len++;
	return lang_parse(str_sub(locale, 0, len), &lang) ? lang : LANG_EN;
}

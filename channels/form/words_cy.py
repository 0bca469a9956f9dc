# ruff: noqa: E501 - a phrase is found and read best on one line
"""Welsh: the same keys as the English table (a test holds them equal)."""

from __future__ import annotations

CY: dict[str, str] = {
    # Every page
    "skip": "Neidio i’r prif gynnwys",
    "privacy": "Hysbysiad preifatrwydd",
    "error_prefix": "Gwall",
    "there_is_a_problem": "Mae problem",
    "note": "Nodyn",
    "questions_for": "Cwestiynau? Ysgrifennwch at {who}.",
    # A page of the form
    "question_of": "Cwestiwn {number} o {total}",
    "questions_of": "Cwestiynau {first} i {last} o {total}",
    "reading_page": "Rhywbeth i’w ddarllen",
    "progress": "Pa mor bell rydych chi",
    "save": "Cadw a pharhau",
    "back": "Yn ôl",
    "finish_later": "Gorffen wedyn",
    "send_now": "Anfon",
    "needed": "Atebwch y cwestiwn hwn, os gwelwch yn dda.",
    "evidence": "Beth sy’n dangos hyn?",
    "date_hint": "Er enghraifft {date}",
    "yes": "Ie",
    "no": "Na",
    "contact_by": "Sut mae’n well cysylltu â chi?",
    "contact_known": "Does dim angen ysgrifennu dim os yw’r cyfeiriad a ddefnyddiwyd gennym yn gywir.",
    "voices_field": "{perspective}: sut wnaethoch chi eu holi?",
    "voices_hint": "Gadewch flwch yn wag os na wnaethoch chi eu holi.",
    "voice_add": "Ychwanegu’r hyn a ddywedodd eraill",
    "voice_said": "{perspective}: yr hyn a ddywedwyd",
    "personal_note": "Mae hwn yn aros gyda’r trefnwyr: nid yw’n mynd i adroddiadau.",
    "quote_ask": "A gawn ni ddyfynnu’r hyn rydych yn ei ysgrifennu yma?",
    "quote_none": "Na, peidiwch â’m dyfynnu",
    "quote_perspective": "Cewch, gyda fy rôl yn unig",
    "quote_perspective_area": "Cewch, gyda fy rôl a’m hardal",
    "quote_name": "Cewch, gyda fy enw",
    "quote_withdraw": "Gallwch newid hyn drwy’r un ddolen, hefyd ar ôl i’r rownd gau, nes i’r trefnwyr rewi’r dyfyniadau ar gyfer adroddiad.",
    # The top of the first page
    "who_asks": "Pwy sy’n gofyn",
    "who_asks_line": "{sender}, ar ran {programme}.",
    "how_long": "Pa mor hir",
    "how_long_line": "{questions}, tua {minutes}. Gallwch stopio ar unrhyw dudalen a dod yn ôl.",
    "how_long_line_one_go": "{questions}, tua {minutes}, i’w hanfon ar un tro.",
    "until": "Hyd at pryd",
    "who_sees": "Pwy sy’n ei weld",
    "questions.one": "1 cwestiwn",
    "questions.many": "{number} cwestiwn",
    "minutes.one": "1 munud",
    "minutes.many": "{number} munud",
    "sees_identified": "Mae eich enw yn mynd gyda’ch atebion. Mae’r bobl sy’n rhedeg y rhaglen yn gweld y ddau.",
    "sees_confidential": (
        "Mae’r trefnwyr yn gweld eich bod wedi ateb. Mewn adroddiadau ac allforion mae cod yn lle eich enw, wrth ochr"
        " eich rôl a’ch ardal. Gallai’r sawl sy’n gofalu am y gronfa ddata ddarganfod pwy ysgrifennodd beth."
    ),
    "sees_confidential_figures": "Rhoddir ffigurau ar gyfer grwpiau o leiaf {number} o bobl.",
    "sees_confidential_few": (
        "Gofynnir i lai na {number} o bobl. Rhoddir ffigurau ar gyfer grwpiau o leiaf {number} o bobl, felly nid oes rhai"
        " yma; ond gallai rhywun sy’n adnabod y grŵp ac yn darllen yr atebion adnabod eich rhai chi."
    ),
    "sees_quotes": "Dim ond lle rydych chi’n cytuno y cewch eich dyfynnu.",
    "sees_unlinked": (
        "Gallwn weld a wnaethoch chi ateb, nid beth. Cedwir eich atebion ar wahân i’ch enw, heb amser wrth eu hochr,"
        " felly ni all neb eu newid na chwilio amdanynt ar ôl eu hanfon."
    ),
    "sees_unlinked_groups": (
        "Dim ond os yw o leiaf {number} o’r bobl a holwyd yn rhannu’r ddau y cedwir eich ardal a’ch rôl gyda nhw."
    ),
    "sees_unlinked_few": (
        "Gallwn weld a ydych wedi ateb. Cedwir eich atebion ar wahân i’ch enw, heb amser, rôl nac ardal gyda nhw, ac ni"
        " ellir eu newid na’u gweld eto ar ôl eu hanfon. Ond gofynnir i lai na {number} o bobl, felly efallai y gall"
        " rhywun sy’n darllen yr atebion ddweud pa rai yw eich rhai chi."
    ),
    "answering_as": "Rydych yn ateb fel {name}",
    "as_me": "Fi yw hwnnw neu honno",
    "as_typing": "Rwy’n teipio dros {name}",
    "as_typist": "Eich enw eich hun, os dymunwch",
    "as_else": "Rhywun arall ydw i",
    "as_else_hint": "Yna byddwn yn gofyn pwy ddylai ateb yn lle hynny.",
    "not_now": "Ddim i chi, neu ddim nawr?",
    "entry_heading": "Rydych yn cofnodi ymateb dros {name}",
    "entry_mode": "Sut y cyrhaeddodd chi?",
    "entry_telephone": "Dros y ffôn",
    "entry_paper": "Ar bapur",
    "entry_interview": "Mewn cyfweliad",
    "routed_note": "Mae rhai cwestiynau’n dilyn o rai eraill. Gadewch allan yr hyn nad yw’n berthnasol.",
    # What happened meanwhile
    "changed_elsewhere": (
        "Roedd ateb ar y dudalen flaenorol wedi’i newid mewn ffenestr arall. Yr hyn a anfonwyd gennych ddiwethaf sy’n"
        " sefyll nawr; cedwir y geiriau cynharach yn ei hanes."
    ),
    "kept_elsewhere": "Mae gan flwch a adawyd yn wag eiriau mwy newydd o ffenestr arall. Fe’u gadawyd fel y maent.",
    "not_on_page": (
        "Nid yw rhywbeth a anfonwyd gennych yn perthyn i unrhyw gwestiwn a ofynnir ichi nawr. Mae wedi’i gadw, a bydd"
        " trefnydd yn edrych arno."
    ),
    "not_on_page_dropped": "Nid yw rhywbeth a anfonwyd gennych yn perthyn i’r dudalen hon. Ni chafodd ei gadw.",
    "saved_change": "Mae eich newid wedi’i gadw.",
    # Review
    "review": "Gwiriwch eich atebion",
    "review_lead": "Mae eich atebion wedi’u cadw ond heb eu hanfon eto. Newidiwch yr hyn a fynnwch, yna anfonwch.",
    "nothing_answered": "Does dim ateb eto. Atebwch o leiaf un cwestiwn, neu dewiswch ffordd arall o ateb o’r dudalen gyntaf.",
    "change": "Newid",
    "not_answered": "Heb ei ateb",
    "still_needed": "Atebwch “{ask}”",
    "quoted_as": "Gellir dyfynnu: {level}",
    # Finish later
    "later_heading": "Mae eich atebion wedi’u cadw",
    "later_body": "Bydd yr un ddolen yn dod â chi’n ôl i’r un lle. Mae’n gweithio hyd at {close}.",
    "later_again": "Parhau nawr",
    # Done
    "done": "Diolch, mae eich atebion wedi cyrraedd",
    "done_lead": "Dyma a gofnodwyd. Gallwch ei newid hyd at {close}.",
    "done_receipt": "Bydd derbynneb yn dod atoch drwy e-bost, unwaith. Ar y dudalen hon yn unig y gwelir yr hyn a newidiwch wedyn.",
    "done_what_next": "Beth sy’n digwydd nesaf",
    "done_recorded": "Beth a gofnodwyd",
    "done_unlinked": "Mae eich atebion wedi cyrraedd. Does dim enw arnynt, felly ni ellir eu dangos na’u newid yma mwyach.",
    "done_before": "Anfonwyd atebion drwy’r ddolen hon eisoes",
    "done_before_unlinked": "Nid oes dim wedi’i ychwanegu atynt. Os gwasgwyd Anfon ddwywaith, mae popeth yn iawn. Dyma’r hyn na chafodd ei storio, i chi gael ei gadw:",
    "done_missing": "Does dim ateb eto i gwestiwn y mae ei angen: “{ask}”",
    "done_entry": "Mae’r ymateb wedi’i gofnodi",
    "done_entry_body": "Mae’r ddolen hon wedi gwneud ei gwaith ac nid yw’n agor y ffurflen eto.",
    # Closed, not open
    "closed": "Mae’r rownd hon wedi cau",
    "closed_at": "Caeodd {close}.",
    "closed_body": "Os oes rhywbeth yr hoffech ei ddweud o hyd, ysgrifennwch at {who}.",
    "closed_recorded": "Dyma eich atebion fel y’u cofnodwyd.",
    "closed_kept": (
        "Nid oedd y rownd ar agor pan anfonwyd hyn, felly nid yw’n cyfrif fel ateb. Mae wedi’i gadw yn gyfan, a"
        " bydd y trefnwyr yn ei ddarllen. Dyma fe eto:"
    ),
    "closed_not_kept": "Nid oedd y rownd ar agor pan anfonwyd hyn, felly ni chafodd ei storio. Dyma fe, i chi gael ei gadw:",
    "not_open": "Nid yw’r rownd hon ar agor eto",
    "not_open_body": "Mae’n agor {opens}. Bydd yr un ddolen yn gweithio bryd hynny.",
    "cancelled": "Nid yw’r rownd hon yn digwydd",
    "cancelled_body": "Does dim angen ichi wneud dim. Os oes gennych gwestiynau, ysgrifennwch at {who}.",
    # Problems
    "no_such_link": "Nid yw’r ddolen hon yn gweithio",
    "no_such_link_body": (
        "Efallai iddi gael ei thorri yn y neges, neu fod un newydd wedi cymryd ei lle. Agorwch y neges ddiweddaraf sydd"
        " gennych gennym a defnyddiwch y ddolen sydd ynddi, neu copïwch y cyfeiriad cyfan i’r porwr."
    ),
    "no_such_page": "Nid oes tudalen o’r fath",
    "no_such_page_body": "Gwiriwch y cyfeiriad. Os daethoch o un o’n negeseuon, defnyddiwch ei dolen eto.",
    "not_our_form": "Ni ddaeth hyn o’n ffurflen ni",
    "not_our_form_body": "Ni chadwyd dim. Agorwch eich dolen eto ac anfonwch y dudalen oddi yno.",
    "too_much": "Roedd hynny’n ormod i un dudalen",
    "too_much_body": (
        "Ni chadwyd dim o’r dudalen hon: roedd yn fwy nag 8 MB gyda’i gilydd. Defnyddiwch fotwm Yn ôl eich porwr: mae eich"
        " geiriau yn dal gan y rhan fwyaf o borwyr. Byrhewch nhw neu anfonwch y rhan hiraf drwy e-bost, ac yna cadwch eto."
    ),
    "not_saved": "Ni chafodd hynny ei gadw",
    "not_saved_body": (
        "Roedd y gronfa ddata’n brysur, ac ni chadwyd dim o’r dudalen hon. Mae eich geiriau isod. Arhoswch ennyd, yna"
        " rhowch gynnig arall arni."
    ),
    "not_saved_tap": "Roedd y gronfa ddata’n brysur, ac ni chadwyd dim. Arhoswch ennyd, yna rhowch gynnig arall arni.",
    "try_again": "Rhoi cynnig arall arni",
    "went_wrong": "Aeth rhywbeth o’i le ar ein hochr ni",
    "went_wrong_body": "Mae wedi’i nodi. Mae eich tudalennau cynharach wedi’u cadw. Rhowch gynnig arall arni ymhen tipyn.",
    "what_you_typed": "Yr hyn a deipiwyd gennych",
    "link_used": "Mae’r ddolen hon wedi’i defnyddio",
    "link_used_body": (
        "Mae dolen gofnodi yn gweithio ar gyfer un ymateb. Ni chadwyd dim mwy. Gofynnwch am ddolen newydd os oes rhywbeth"
        " i’w newid."
    ),
    # One-tap reasons
    "ways_out": "Ffyrdd eraill o ateb",
    "way_not_me": "Nid yw hyn yn berthnasol i mi",
    "way_someone_else": "Dylai rhywun arall ateb",
    "way_joint_return": "Rydym yn ateb ar y cyd",
    "way_later": "Fy atgoffa ar ôl dyddiad",
    "way_no_thank_you": "Dim diolch",
    "way_stop": "Stopio’r negeseuon hyn",
    "go_to_form": "Mynd at y cwestiynau yn lle hynny",
    "not_me_heading": "Nid yw hyn yn berthnasol i chi?",
    "not_me_body": "Yna byddwn yn eich gadael allan o’r rownd hon: dim mwy o negeseuon amdani, ac ni chewch eich cyfrif fel rhywun na wnaeth ateb.",
    "not_me_button": "Nid yw’n berthnasol i mi",
    "not_me_done": "Rydych wedi’ch gadael allan o’r rownd hon",
    "someone_else_heading": "Pwy ddylai ateb yn lle hynny?",
    "someone_else_body": (
        "Bydd y person yn cael un neges sy’n dweud mai chi, {name}, a roddodd y cyfeiriad inni. Ni chewch chi ragor o"
        " negeseuon am y rownd hon."
    ),
    "someone_else_name": "Enw’r person",
    "someone_else_email": "Cyfeiriad e-bost y person",
    "someone_else_button": "Gofyn i’r person hwnnw",
    "someone_else_done": "Gofynnir i {delegate} yn lle hynny",
    "someone_else_already": "Mae {delegate} eisoes wedi cael cais, ac yn ateb drosoch chi hefyd",
    "someone_else_once": "Rydych eisoes wedi enwi rhywun: gellir enwi un person ar gyfer pob gwahoddiad.",
    "someone_else_refused": "Ni allwn ysgrifennu at y cyfeiriad hwn. Enwch rywun arall, neu dywedwch wrth y trefnwyr.",
    "someone_else_many": "Mae llawer o bobl wedi’u henwi o fewn yr awr ddiwethaf. Rhowch gynnig arall arni ymhen awr.",
    "someone_else_self": "Eich cyfeiriad chi yw hwn. Os ydych am ateb eich hun, ewch at y cwestiynau.",
    "else_typed": "Nid yw’r hyn a deipiwyd wedi’i gadw, gan nad {name} a’i teipiodd ac nad ar ran y person hwnnw y’i teipiwyd. Mae isod, i chi gael ei gadw.",
    "needs_name": "Ysgrifennwch enw’r person",
    "needs_email": "Ysgrifennwch gyfeiriad e-bost fel enw@example.org",
    "joint_return_heading": "Rydych yn ateb ar y cyd?",
    "joint_return_body": (
        "Mae rhywun yn eich ardal yn ateb dros bawb. Yna ni fyddwn yn anfon mwy o nodiadau atgoffa atoch. Os na fydd"
        " ymateb o’ch ardal wedi cyrraedd erbyn y cau, efallai y byddwn yn gofyn ichi eto."
    ),
    "joint_return_button": "Rydym yn ateb gyda’n gilydd",
    "joint_return_done": "Wedi’i nodi: daw eich ateb mewn ymateb ar y cyd",
    "later_ask_heading": "Pryd y dylem eich atgoffa?",
    "later_ask_body": "Tan hynny ni chewch nodyn atgoffa. Mae’r cwestiynau ar agor hyd at {close}.",
    "later_ask_label": "Fy atgoffa ar neu ar ôl",
    "later_ask_button": "Fy atgoffa bryd hynny",
    "later_ask_past": "Mae {date} yn rhy hwyr i’ch atgoffa, gan ei bod yn cau {close}. Dewiswch y diwrnod olaf, neu enwch rywun a all ateb cyn hynny.",
    "later_ask_gone": "Dewiswch ddiwrnod o yfory ymlaen",
    "later_ask_unclear": "Ysgrifennwch ddyddiad fel {date}",
    "later_ask_last": "Fy atgoffa ar y diwrnod olaf, {date}",
    "later_ask_no_day": "Mae’n cau {close}: does dim diwrnod ar ôl i’ch atgoffa. Gallwch ateb nawr, neu enwi rhywun arall.",
    "later_ask_done": "Byddwn yn eich atgoffa {date}",
    "later_ask_done_body": "Mae’r un ddolen yn gweithio unrhyw bryd cyn hynny hefyd.",
    "no_thank_you_heading": "Mae’n well gennych beidio ag ateb?",
    "no_thank_you_body": "Mae hynny’n iawn. Ni chewch ragor o negeseuon am y rownd hon. Does dim rhaid dweud pam.",
    "no_thank_you_button": "Dim diolch",
    "no_thank_you_done": "Wedi’i nodi, ni fyddwn yn gofyn eto yn y rownd hon",
    "stop_heading": "Stopio’r negeseuon hyn",
    "stop_body": "Dewiswch beth ddylai stopio. Mae’r hyn rydych eisoes wedi’i ateb yn aros, oni bai eich bod yn gofyn i’r trefnwyr ei ddileu.",
    "stop_scope": "Beth ddylai stopio?",
    "stop_round": "Negeseuon am y rownd hon",
    "stop_programme": "Pob neges gan {programme}",
    "stop_choose": "Dewiswch beth ddylai stopio",
    "stop_button": "Stopio negeseuon",
    "stop_done_round": "Ni chewch ragor o negeseuon am y rownd hon",
    "stop_done_programme": "Ni chewch ragor o negeseuon gan {programme}",
    "act_back": "Os newidiwch eich meddwl, mae eich dolen yn dal i agor y cwestiynau hyd at {close}.",
    "act_stopped_after_close": "Mae’r rownd hon wedi cau, felly does dim i’w stopio na’i newid. Ni fydd neb yn eich atgoffa.",
    "act_complete": "Mae eich atebion eisoes wedi cyrraedd, felly ni newidiwyd dim.",
    "act_complete_stop": "Mae’r hyn a anfonwyd gennych yn aros wedi’i gofnodi.",
    # Privacy notice
    "notice_heading": "Hysbysiad preifatrwydd ar gyfer {programme}",
    "notice_controller": "Pwy sy’n gyfrifol",
    "notice_contact": "Â phwy i gysylltu",
    "notice_dpo": "Swyddog diogelu data",
    "notice_lawful_basis": "Pam y cawn wneud hyn",
    "notice_retention": "Am ba hyd y cedwir ef",
    "kept_answers": "Caiff eich atebion eu dileu {period} ar ôl i’r rownd gau.",
    "kept_answers_anonymise": (
        "Caiff eich atebion eu gwahanu oddi wrth eich enw {period} ar ôl i’r rownd gau. Cedwir yr hyn a ddywedwyd, heb pwy a’i"
        " dywedodd."
    ),
    "kept_raw_mails": "Caiff negeseuon e-bost a anfonwch atom eu dileu {period} ar ôl i’r rownd gau.",
    "kept_messages": "Caiff geiriau’r negeseuon a anfonwn atoch eu dileu {period} ar ôl i’r rownd gau.",
    "kept_triage": "Caiff atebion y mae’n rhaid i rywun eu didoli â llaw eu dileu {period} ar ôl i’r rownd gau.",
    "kept_addresses": "Caiff cyfeiriadau a rhifau ffôn eu dileu {period} ar ôl i’r rownd olaf gau.",
    "kept_audit": "Caiff y cofnod o bwy a newidiodd beth ei ddileu {period} ar ôl ei wneud.",
    "kept_of_round": "Yn y rownd “{round}”: {said}",
    "period_day.one": "1 diwrnod",
    "period_day.many": "{number} diwrnod",
    "period_week.one": "1 wythnos",
    "period_week.many": "{number} wythnos",
    "period_month.one": "1 mis",
    "period_month.many": "{number} mis",
    "period_year.one": "1 flwyddyn",
    "period_year.many": "{number} mlynedd",
    "notice_processors": "Pwy sy’n gweithio gydag ef ar ein rhan",
    "notice_more": "Mwy amdano",
    "notice_rights": "Eich hawliau",
    "notice_rights_body": (
        "Gallwch ofyn beth sydd wedi’i gadw amdanoch, ei gywiro neu ei ddileu, a stopio’r negeseuon, pryd bynnag y"
        " dymunwch. Mae pob neges gennym yn arwain at dudalen o’r enw “Eich dewisiadau”, lle gallwch wneud y rhan fwyaf o"
        " hyn eich hun."
    ),
    "notice_empty": "Nid yw’r trefnwyr wedi ysgrifennu hysbysiad. Gofynnwch i’r sawl a’ch gwahoddodd.",
    "home": "Soundings",
    "home_body": "I ateb, defnyddiwch y ddolen yn y neges a anfonwyd atoch. Does dim byd arall i’w wneud yma.",
}

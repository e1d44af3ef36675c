"""Words that carry no topic, in lower case without accents.

Italian: the list of the Snowball project (BSD licence). English: the same project's list, cut down, as bm25s carries it (MIT licence).
"""

ITALIAN = """
a abbia abbiamo abbiano abbiate ad agl agli ai al all alla alle allo anche avemmo avendo avesse avessero avessi avessimo aveste avesti
avete aveva avevamo avevano avevate avevi avevo avra avrai avranno avrebbe avrebbero avrei avremmo avremo avreste avresti avrete avro
avuta avute avuti avuto c che chi ci coi col come con contro cui da dagl dagli dai dal dall dalla dalle dallo degl degli dei del dell
della delle dello di dov dove e ebbe ebbero ebbi ed era erano eravamo eravate eri ero essendo faccia facciamo facciano facciate faccio
facemmo facendo facesse facessero facessi facessimo faceste facesti faceva facevamo facevano facevate facevi facevo fai fanno fara farai
faranno farebbe farebbero farei faremmo faremo fareste faresti farete faro fece fecero feci fosse fossero fossi fossimo foste fosti fu fui
fummo furono gli ha hai hanno ho i il in io l la le lei li lo loro lui ma mi mia mie miei mio ne negl negli nei nel nell nella nelle nello
noi non nostra nostre nostri nostro o per perche piu quale quanta quante quanti quanto quella quelle quelli quello questa queste questi
questo sara sarai saranno sarebbe sarebbero sarei saremmo saremo sareste saresti sarete saro se sei si sia siamo siano siate siete sono
sta stai stando stanno stara starai staranno starebbe starebbero starei staremmo staremo stareste staresti starete staro stava stavamo
stavano stavate stavi stavo stemmo stesse stessero stessi stessimo steste stesti stette stettero stetti stia stiamo stiano stiate sto su
sua sue sugl sugli sui sul sull sulla sulle sullo suo suoi ti tra tu tua tue tuo tuoi tutti tutto un una uno vi voi vostra vostre vostri
vostro
"""

ENGLISH = """
a about above after again against ain all am an and any are aren as at be because been before being below between both but by can couldn d
did didn do does doesn doing don down during each few for from further had hadn has hasn have haven having he her here hers herself him
himself his how i if in into is isn it its itself just ll m ma me mightn more most mustn my myself needn no nor not now o of off on once
only or other our ours ourselves out over own re s same shan she should shouldn so some such t than that the their theirs them themselves
then there these they this those through to too under until up ve very was wasn we were weren what when where which while who whom why
will with won wouldn y you your yours yourself yourselves
"""

STOP_WORDS = frozenset(f"{ITALIAN} {ENGLISH}".split())

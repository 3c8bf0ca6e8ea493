import pytest
from bson import ObjectId

from exercises.importing.files.reading import read_file
from exercises.importing.files.rows import BadFile


def fields(text, **options):
    (row,) = read_file(text.encode(), **options).rows
    return row.fields


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_recognised(separator):
    text = "name;category;defaultSets\nSquat;strength;4\n".replace(";", separator)

    assert fields(text) == {"name": "Squat", "category": "strength", "defaultSets": 4}


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "SEP=; "])
def test_excels_line_names_the_separator(first):
    read = read_file(f"{first}\r\nName;Level\r\nSquat, low;expert\r\n".encode())

    assert read.rows[0].fields == {"name": "Squat, low", "level": "expert"}
    assert read.rows[0].line == 3


@pytest.mark.parametrize(
    "column", ["primaryMuscles", "Primary Muscles", "primary_muscles", "PRIMARY-MUSCLES", "Target"]
)
def test_headers_are_recognised_however_they_are_written(column):
    assert fields(f"NAME,{column}\nSquat,glutes\n")["primaryMuscles"] == ["glutes"]


def test_blank_rows_and_columns_are_passed_over():
    read = read_file(b"\n,,,\nname,,level,\n\nSquat,,expert,\n ,,,\nLunge,,,\n")

    assert [(row.line, row.fields) for row in read.rows] == [
        (5, {"name": "Squat", "level": "expert"}),
        (7, {"name": "Lunge", "level": ""}),
    ]
    assert read.dropped == {}


def test_a_row_has_the_line_on_which_it_begins():
    read = read_file(b'name,description\r\nA,"one\r\ntwo"\r\nB,"three\r\nfour"\r\nC,\r\n')

    assert [row.line for row in read.rows] == [2, 4, 6]


def test_a_missing_cell_leaves_the_field_and_an_empty_one_empties_it():
    read = read_file(b"name,defaultSets,primaryMuscles,level\nA\nB,,,\n")

    assert [row.fields for row in read.rows] == [
        {"name": "A"},
        {"name": "B", "defaultSets": None, "primaryMuscles": [], "level": ""},
    ]


def test_an_empty_cell_does_not_say_whether_an_exercise_is_archived():
    assert fields("name,archived\nA,\n") == {"name": "A"}


def test_a_row_with_too_many_cells_has_a_fault():
    good, bad = read_file(b"name,level\nA,expert,,\nB,expert,more\n").rows

    assert good.fault is None
    assert bad.fault == "The row has 3 cells, but the header names 2 columns."


def test_unknown_columns_are_counted_as_dropped():
    read = read_file(b"name,colour,\nA,red,x\nB,,y\n")

    assert read.dropped == {"column 3": 2, "colour": 1}


def test_a_list_in_several_columns_is_joined():
    text = (
        "name,secondaryMuscles/0,secondaryMuscles/1,instructions/0,instructions/1,images/0\n"
        "A,abs,,Lie down.,Sit up.,0.jpg\n"
    )

    read = read_file(text.encode())

    assert read.rows[0].fields == {
        "name": "A",
        "secondaryMuscles": ["abs"],
        "description": "Lie down.\nSit up.",
    }
    assert read.dropped == {"images/0": 1}


def test_columns_that_are_not_needed_may_be_named_twice():
    assert fields("name,notes,Notes,notes\nA,x,y,z\n") == {"name": "A"}


@pytest.mark.parametrize(
    ("cell", "muscles"),
    [
        ("chest;triceps", ["chest", "triceps"]),
        ('"Brust, Trizeps"', ["Brust", "Trizeps"]),
        ("chest/triceps", ["chest", "triceps"]),
        ('"[""chest"", ""triceps""]"', ["chest", "triceps"]),
        ("\"['chest', 'trapezius (upper)']\"", ["chest", "trapezius (upper)"]),
        ('"quadriceps (lateralis, medialis)"', ["quadriceps (lateralis, medialis)"]),
        ("; chest ;", ["chest"]),
    ],
)
def test_a_cell_lists_muscles(cell, muscles):
    assert fields(f"name,muscles\nA,{cell}\n")["primaryMuscles"] == muscles


def test_a_known_muscle_is_not_split():
    text = 'name,muscles\nA,"Deltoid, front"\n'

    found = fields(text, known_muscles=["deltoid, FRONT"])

    assert found["primaryMuscles"] == ["Deltoid, front"]


@pytest.mark.parametrize(
    ("cell", "name"), [("'=A1", "=A1"), ("''-x", "'-x"), ("'tis", "'tis"), ("'@home", "@home")]
)
def test_an_apostrophe_before_a_formula_is_removed(cell, name):
    assert fields(f"name,level\n{cell},\n")["name"] == name


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        *(("4", 4), ("4.0", 4), ('"4,0"', 4), ('"4,00"', 4), ("many", "many"), ("4.5", "4.5")),
        *(("1.000", "1.000"), ('"1,000"', "1,000"), ("10.000", "10.000")),
    ],
)
def test_numbers_are_read_as_spreadsheets_write_them(cell, number):
    assert fields(f"name,default sets\nA,{cell}\n")["defaultSets"] == number


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        *(("TRUE", True), ("falsch", False), ("VRAI", True), ("perhaps", "perhaps")),
        *(("WAAR", True), ("ONWAAR", False), ("VERDADEIRO", True), ("SANT", True)),
        *(("FALSKT", False), ("SAND", True), ("FALSK", False), ("SANN", True), ("USANN", False)),
        *(("PRAVDA", True), ("NEPRAVDA", False), ("IGAZ", True), ("HAMIS", False)),
        *(("TOSI", True), ("EPÄTOSI", False), ("DOĞRU", True), ("YANLIŞ", False)),
        *(("ΑΛΗΘΗΣ", True), ("ΨΕΥΔΗΣ", False), ("ADEVĂRAT", True), ("FALS", False)),
        *(("1", True), ("0", False), ("yes", True), ("No", False), ("x", True)),
    ],
)
def test_truth_values_are_read_in_the_languages_of_spreadsheets(cell, value):
    assert fields(f"name,isArchived\nA,{cell}\n")["isArchived"] == value


def test_this_services_own_rows_are_taken_as_they_are():
    exercise_id = ObjectId()
    text = (
        "id,name,description,primaryMuscles,isArchived,createdAt\n"
        f'{exercise_id},A,"[""<p>x</p>""]","a, b;c ",true,2026-01-01\n'
    )

    read = read_file(text.encode())

    assert read.dropped == {}
    assert read.rows[0].exercise_id == exercise_id
    assert read.rows[0].fields == {
        "name": "A",
        "description": '["<p>x</p>"]',
        "primaryMuscles": ["a", "b", "c"],
        "isArchived": True,
    }


def test_an_id_that_a_spreadsheet_changed_is_the_fault_of_its_row():
    good, bad, added = read_file(
        b"name,isArchived,id\nA,,65000000000000000000000F\nB,,6.5E+23\nC,,\n"
    ).rows

    assert (good.fault, str(good.exercise_id)) == (None, "65000000000000000000000f")
    assert "id: '6.5E+23' isn't an id of this service" in bad.fault
    assert (added.fault, added.exercise_id) == (None, None)


def test_the_ids_of_another_service_do_not_make_its_table_an_own_one():
    found = read_file(b"id,name,description\n65000000000000000000000f,A,<p>x</p>\n")

    assert (found.rows[0].exercise_id, found.dropped) == (None, {"id": 1})
    assert found.rows[0].fields["description"] == "x"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "Line 1 must name the columns, and one of them `name`"),
        (b"\n\ncolour,level\nred,expert\n", "Line 3 must name the columns"),
        (b"name,Level,level\nA,x,y\n", "Line 1 names the column 'Level' twice"),
        (b"id,name,ID\n1,A,2\n", "Line 1 names the column 'id' twice"),
        (b'name\nA\n"B\nC\n', "a quotation mark that opens in the row of line 3 is not closed"),
        (b'name,level\n"A"x,y\n', "in the row that begins at line 2"),
        (b"PK\x03\x04rest", "Save the table as CSV"),
    ],
)
def test_a_file_that_is_no_table_is_refused(content, message):
    with pytest.raises(BadFile) as caught:
        read_file(content)

    assert message in str(caught.value)

package httpapi

import (
	"net/http"

	"realname/internal/rules"
)

// kind is a row of the table: title, detail and remedy, Chinese before English.
func kind(code string, status int, titleZH, titleEN, detailZH, detailEN, remedyZH, remedyEN string) problemKind {
	return problemKind{code, status, rules.Text{ZH: titleZH, EN: titleEN}, rules.Text{ZH: detailZH, EN: detailEN}, rules.Text{ZH: remedyZH, EN: remedyEN}}
}

// Everything that a client can be told. Codes never change.
var (
	keyMissing = kind("api_key_missing", http.StatusUnauthorized,
		"缺少 API 密钥", "API key missing",
		"请求未携带 API 密钥。", "The request carries no API key.",
		"请在 Authorization 头中写 Bearer 和您的密钥。", "Send the header Authorization: Bearer followed by your key.")
	keyUnknown = kind("api_key_unknown", http.StatusUnauthorized,
		"API 密钥无效", "API key not known",
		"该密钥不存在、已过期或已撤销。", "The key does not exist, has expired or was revoked.",
		"请核对密钥，或向管理员申请新的密钥。", "Check the key, or ask your administrator for a new one.")
	keyForbidden = kind("scope_missing", http.StatusForbidden,
		"密钥权限不足", "Scope missing",
		"此操作需要权限 %s。", "This needs the scope %s.",
		"请使用具备该权限的密钥。", "Use a key that has this scope.")
	routeUnknown = kind("not_found", http.StatusNotFound,
		"没有找到", "Not found",
		"没有这个资源，或者它不属于您。", "There is no such thing, or it is not yours.",
		"请核对地址中的编号。", "Check the id in the address.")
	methodUnknown = kind("method_not_allowed", http.StatusMethodNotAllowed,
		"不支持该方法", "Method not allowed",
		"此地址不支持方法 %s。", "This address does not support %s.",
		"请对照接口说明 /openapi.json。", "See the description at /openapi.json.")
	notMultipart = kind("body_not_multipart", http.StatusUnsupportedMediaType,
		"请求体格式不对", "Body is not multipart",
		"请求体须为 multipart/form-data，含一个名为 submission 的 JSON 部分和图片部分。",
		"The body must be multipart/form-data with a JSON part named submission and the image parts.",
		"请按接口说明组织请求体。", "Build the body as the description at /openapi.json says.")
	notZIP = kind("body_not_zip", http.StatusUnsupportedMediaType,
		"请求体格式不对", "Body is not a ZIP archive",
		"批次须以 application/zip 上传。", "A batch is sent as application/zip.",
		"请把清单和图片打包为 ZIP，并设置 Content-Type。", "Pack manifest and pictures as a ZIP and set the Content-Type.")
	notJSON = kind("body_not_json", http.StatusUnsupportedMediaType,
		"请求体格式不对", "Body is not JSON",
		"请求体须为 application/json 或 multipart/form-data。", "The body must be application/json or multipart/form-data.",
		"请设置正确的 Content-Type。", "Set the Content-Type.")
	notLines = kind("body_not_lines", http.StatusUnsupportedMediaType,
		"请求体格式不对", "Body is not lines",
		"请求体须为 application/x-ndjson 或 text/csv。", "The body must be application/x-ndjson or text/csv.",
		"请设置正确的 Content-Type。", "Set the Content-Type.")
	linesLarge = kind("lines_too_large", http.StatusRequestEntityTooLarge,
		"内容过大", "Too large",
		"请求体超过上限 %s 字节。", "The body is larger than %s bytes.",
		"请分几次发送；重复发送不会重复记录。", "Send it in several parts; what is sent twice is kept once.")
	lineBroken = kind("line_invalid", http.StatusUnprocessableEntity,
		"有一行无法读取", "A line cannot be read",
		"第 %s 行无法读取。", "Line %s cannot be read.",
		"请改正这一行后重新发送全部内容；尚未保存任何一行。", "Mend that line and send everything again; no line was kept.")
	bodyTorn = kind("body_incomplete", http.StatusBadRequest,
		"上传中断", "Upload incomplete",
		"请求体在结束之前中断，未保存任何内容。", "The body stopped before its end; nothing was kept.",
		"请重新上传；带上相同的 Idempotency-Key 不会重复提交。", "Upload again; with the same Idempotency-Key nothing is submitted twice.")
	jsonBroken = kind("json_invalid", http.StatusBadRequest,
		"JSON 无法解析", "JSON cannot be parsed",
		"submission 部分不是有效的 JSON：%s。", "The submission part is not valid JSON: %s.",
		"请检查引号、逗号与字段名。", "Check quotes, commas and field names.")
	jsonLarge = kind("json_too_large", http.StatusRequestEntityTooLarge,
		"JSON 过大", "JSON too large",
		"submission 部分超过上限 %s 字节。", "The submission part is larger than %s bytes.",
		"请只发送接口说明中的字段。", "Send only the fields that the description names.")
	partMissing = kind("submission_missing", http.StatusUnprocessableEntity,
		"缺少 submission 部分", "Submission part missing",
		"请求中没有名为 submission 的 JSON 部分。", "The request has no JSON part named submission.",
		"请加上该部分。", "Add the part.")
	partTwice = kind("part_duplicate", http.StatusUnprocessableEntity,
		"部分重复", "Part sent twice",
		"%s 出现了不止一次。", "%s was sent more than once.",
		"每个部分只发送一次。", "Send each part once.")
	fieldMissing = kind("field_missing", http.StatusUnprocessableEntity,
		"缺少必填项", "Field missing",
		"必填项 %s 为空。", "The field %s is empty.",
		"请填写该项。", "Fill in the field.")
	fieldLong = kind("field_too_long", http.StatusUnprocessableEntity,
		"内容过长", "Field too long",
		"%s", "%s",
		"请缩短该项。", "Shorten the field.")
	fieldInvalid = kind("field_invalid", http.StatusUnprocessableEntity,
		"填写的值不可用", "Value not allowed",
		"%s", "%s",
		"请改用允许的值。", "Use one of the allowed values.")
	dateInvalid = kind("date_invalid", http.StatusUnprocessableEntity,
		"日期有误", "Date not valid",
		"%s", "%s",
		"请写成 2026-03-01 这样的真实日期；长期有效请写“长期”。", "Write an existing day such as 2026-03-01, or 长期 when it does not expire.")
	typeUnknown = kind("credential_type_unknown", http.StatusUnprocessableEntity,
		"证件类型未知", "Credential type not known",
		"证件类型 %s 不在受理范围内。", "The credential type %s is not known.",
		"可用的代码见 GET /v1/reasons 旁的接口说明。", "The description at /openapi.json lists the codes.")
	profileUnknown = kind("profile_unknown", http.StatusUnprocessableEntity,
		"规则档案未知", "Profile not known",
		"没有名为 %s 的规则档案。", "There is no profile named %s.",
		"不确定时请省略 profile，将使用 default。", "Leave profile out to use the default one.")
	roleUnknown = kind("role_unknown", http.StatusUnprocessableEntity,
		"图片部分的名称未知", "Image part not known",
		"部分名称 %s 不是已知的图片角色。", "The part name %s is not a known role.",
		"可用：licence、portrait_side、emblem_side、data_page、back_side、supplement。", "Use licence, portrait_side, emblem_side, data_page, back_side or supplement.")
	noFile = kind("file_missing", http.StatusUnprocessableEntity,
		"没有图片", "No image",
		"请求中没有任何证件图片。", "The request has no image of a document.",
		"请至少附上一张证件图片。", "Attach at least one image of the document.")
	fileLarge = kind("file_too_large", http.StatusRequestEntityTooLarge,
		"文件过大", "File too large",
		"文件超过上限：%s。", "The file is over the limit: %s.",
		"请压缩或重新导出后上传。", "Compress it or export it again.")
	tooManyParts = kind("too_many_files", http.StatusRequestEntityTooLarge,
		"文件过多", "Too many files",
		"一次提交最多 %s 个文件。", "One submission takes at most %s files.",
		"请只上传证件所需的图片。", "Send only the images that the document needs.")
	keyReused = kind("idempotency_key_reused", http.StatusConflict,
		"幂等键已用于其他内容", "Idempotency key used before",
		"同一个 Idempotency-Key 曾用于内容不同的请求。", "The same Idempotency-Key came with another body before.",
		"新的提交请使用新的键；重试请发送完全相同的内容。", "Use a new key for a new submission; send the same body to retry.")
	keyLong = kind("idempotency_key_invalid", http.StatusBadRequest,
		"幂等键不可用", "Idempotency key not usable",
		"Idempotency-Key 须为 1 到 %s 个可见的 ASCII 字符。", "The Idempotency-Key must have 1 to %s visible ASCII characters.",
		"例如使用一个 UUID。", "Use a UUID, for example.")
	externalUsed = kind("external_id_used", http.StatusConflict,
		"external_id 已被使用", "External id in use",
		"您已有一个相同 external_id 的提交。", "You have a submission under this external_id.",
		"补交材料请向该提交添加新的尝试：POST /v1/submissions/{id}/attempts。", "To send mended documents add an attempt to it: POST /v1/submissions/{id}/attempts.")
	attemptOpen = kind("attempt_open", http.StatusConflict,
		"正在审核", "Being reviewed",
		"上一次提交正在审核，还没有结果。", "The last attempt is being reviewed just now.",
		"请在得到结果后再补交，通常只需几秒。", "Send the next one when it is decided, usually within seconds.")
	unchanged = kind("attempt_unchanged", http.StatusConflict,
		"资料没有变化", "Nothing has changed",
		"资料和图片与上一次提交完全相同，未重新审核。上次需要修改的是：%s。", "Data and images are those of the last attempt, so it was not reviewed again. What had to be mended: %s.",
		"请按上次结果中的处理建议修改后再提交。", "Mend what the last outcome names, then submit again.")
	attemptsSpent = kind("attempts_spent", http.StatusConflict,
		"提交次数已用完", "No attempt left",
		"该提交的次数已达上限，不能再补交。", "This submission has had as many attempts as are allowed.",
		"请联系您的注册商处理。", "Ask your registrar.")
	attemptTooSoon = kind("attempt_too_soon", http.StatusTooManyRequests,
		"补交过早", "Too soon after the last refusal",
		"距上次被拒的时间太短，%s 之后才能补交。", "The last refusal is too recent; the next attempt is taken after %s.",
		"请先按上次的处理建议修改，再在 Retry-After 给出的秒数之后提交。", "Mend what the last outcome names, and submit after the seconds that Retry-After names.")
	archiveTorn = kind("archive_incomplete", http.StatusConflict,
		"压缩包不完整", "Archive incomplete",
		"缺少第 %s 部分（从 0 数起）。", "Part %s is missing (the first is 0).",
		"GET /v1/archives/{sha256} 列出已收到的部分；请补上缺少的部分。", "GET /v1/archives/{sha256} lists the parts that are there; send the others.")
	faultUnknown = kind("fault_unknown", http.StatusUnprocessableEntity,
		"没有这种错误", "No such fault",
		"detail 不是错误目录中的代码。", "detail is no code of the catalogue.",
		"请使用 GET /v1/batches/{id}/causes 列出的 detail。", "Use a detail of GET /v1/batches/{id}/causes.")
	consentMissing = kind("consent_missing", http.StatusConflict,
		"需要注册人同意", "Consent needed",
		"%s 的更正改变了所填内容本身，而不只是写法。", "Correcting %s changes what a value says, not only how it is typed.",
		"请先征得各注册人同意，再带上 \"consent\": true 提交。", "Ask the registrants first, then send it with \"consent\": true.")
	stateUnknown = kind("state_unknown", http.StatusUnprocessableEntity,
		"状态未知", "State not known",
		"state 只能是 %s。", "state is one of %s.",
		"请改用其中之一，或省略以列出全部。", "Use one of these, or leave it out for all.")
	cursorUnknown = kind("cursor_unknown", http.StatusUnprocessableEntity,
		"游标无效", "Cursor not known",
		"after 不是由本接口给出的游标。", "after is no cursor of this address.",
		"请使用上一页最后一个事件的 cursor；从头开始请省略 after。", "Use the cursor of the last event that you have; leave after out to begin.")
	letterRefused = kind("letter_refused", http.StatusUnprocessableEntity,
		"通知模板不可用", "Letter cannot be used",
		"%s", "%s",
		"请修改模板；可用的字段见接口说明 /openapi.json 中的 Letter。", "Change the letter; the fields are listed under Letter in /openapi.json.")
	tooMany = kind("too_many_endpoints", http.StatusConflict,
		"接收端过多", "Too many endpoints",
		"每个租户最多 %s 个接收端。", "A tenant may have %s endpoints.",
		"请先删除不再使用的接收端。", "Delete those that are not used any more.")
	tooFast = kind("rate_limited", http.StatusTooManyRequests,
		"请求过于频繁", "Too many requests",
		"超出限额：%s。", "Over the limit: %s.",
		"请在 Retry-After 给出的秒数之后重试。", "Try again after the seconds that Retry-After names.")
	unavailable = kind("unavailable", http.StatusServiceUnavailable,
		"服务暂时不可用", "Temporarily unavailable",
		"我们这边出了问题，本次提交没有被受理。", "Something on our side is not working; this was not accepted.",
		"请在 Retry-After 给出的秒数之后，用相同的 Idempotency-Key 重试。", "Try again with the same Idempotency-Key after the seconds that Retry-After names.")
)
